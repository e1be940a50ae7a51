"""An application that is still being written, alone or together."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from intake.applications.model import Language, Wish

MOST_OF_PERSON = 50
"""Unsent drafts that one person has begun: many times what there is to apply for, and few enough to be kept."""
MOST_OF_MUNICIPALITY = 200
"""Unsent drafts for one municipality: its administration writes, and so do the leaders of its daycares."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A wish for one programme, and its round where it has rounds; its id becomes that of the application.

    `owner` began it; `writers` joined by its link and may do all that the owner may. `version` rises with every
    change, so that nobody writes over what they have not seen. `language` is that of whoever wrote last, and
    `reminded_of` the deadline of which the contact has been reminded.
    """

    id: UUID
    programme: str
    round_id: UUID | None
    owner: str
    municipality: str
    content: Wish
    changed_at: datetime
    changed_by: str
    writers: tuple[str, ...] = ()
    sent_at: datetime | None = None
    version: int = 1
    language: Language = "da"
    reminded_of: date | None = None
    pages: Mapping[str, str] = field(default_factory=dict)
    """By the name of each field, the page on which it was written last; of others than pages nothing is known."""

    def may_write(self, subject: str) -> bool:
        """Whether somebody began the draft or joined it."""
        return subject == self.owner or subject in self.writers


class Step(StrEnum):
    """A part of the form, in the order in which it is filled in."""

    APPLICANT = "applicant_kind"
    DAYCARES = "daycares"
    HOURS = "hours"
    MOTIVATION = "motivation"
    CONTACT = "contact_name"
    SELECTION = "selection"


@dataclass(frozen=True, slots=True)
class Progress:
    """Whether a step is done, and whether the application cannot be sent before it is.

    `wrong` is one of which something stands in the form that cannot be; what the draft holds of it is older.
    """

    step: Step
    done: bool
    needed: bool = True
    wrong: bool = False
