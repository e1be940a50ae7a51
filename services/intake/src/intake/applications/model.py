"""An application with its participating daycares and the verdicts that explain what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal
from uuid import UUID

from intake.organisations.model import Daycare, DaycareKind
from intake.programmes.model import Programme
from intake.programmes.rules import ApplicantKind
from shared.contracts.vocabulary import Skill

Language = Literal["da", "en"]


class ApplicationStatus(StrEnum):
    """Where an application stands."""

    SUBMITTED = "submitted"
    REFUSED = "refused"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WAITLISTED = "waitlisted"
    WITHDRAWN = "withdrawn"
    AGREED = "agreed"


LIVE = frozenset(
    {ApplicationStatus.SUBMITTED, ApplicationStatus.WAITLISTED, ApplicationStatus.ACCEPTED, ApplicationStatus.AGREED}
)
"""Where an application stands that still counts, so that its daycares are spoken for in its round."""


@dataclass(frozen=True, slots=True)
class Override:
    """Why a rule that is not met was set aside, by whom and when; the person stays inside the office."""

    reason: str
    given_by: str
    given_at: datetime


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one rule says, of one daycare or of the application as a whole, with the facts it rests on.

    A verdict that turned an application away stays as it was, also when it has been `overridden`.
    """

    rule: str
    passed: bool
    daycare_id: UUID | None = None
    facts: Mapping[str, str | int | float] = field(default_factory=dict)
    overridden: Override | None = None


class Trigger(StrEnum):
    """What makes a daycare take part now (anledning), as the present offer tells of earlier courses."""

    LOW_QUALITY = "low_quality"
    """Low quality over several inspections."""
    ORDER = "order"
    """An order of the inspection."""
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Selection:
    """The data on which a daycare was chosen to take part (udvælgelse). `vulnerable_share` is in percent."""

    daycare_id: UUID
    vulnerable_share: int | Decimal | None = None
    """Of the families, those in vulnerable positions."""
    trigger: Trigger | None = None
    inspections: str | None = None
    """What the latest inspections found, in the applicant's words."""


@dataclass(frozen=True, slots=True)
class Contact:
    """To whom the office writes about the application, and in which language. Personal data: it stays in intake."""

    name: str
    email: str
    language: Language = "da"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wishes for: what the form holds, and with it the draft and then the application.

    While it is being written, anything may be missing. `hours` are hours of advice.
    """

    applicant_kind: ApplicantKind | None = None
    daycares: tuple[UUID, ...] = ()
    themes: tuple[Skill, ...] = ()
    hours: int | Decimal | None = None
    motivation: str | None = None
    contact_name: str | None = None
    contact_email: str | None = None
    reminders: bool = True
    """Whether the contact wants to be reminded of the deadline; once it has been sent, that is forgotten."""
    enquiry_id: UUID | None = None
    """The question that it grew out of."""
    selection: tuple[Selection, ...] = ()
    """At most one of each daycare; in an application in their order."""


@dataclass(frozen=True, slots=True)
class Case:
    """Whose wish it is, and what is known of the daycares in it, before anybody has judged it."""

    id: UUID
    applicant: str
    municipality: str
    wish: Wish
    registered: Mapping[UUID, Daycare]
    """The daycares that are known, by their ids."""
    contact_language: Language | None = None
    partners: tuple[str, ...] = ()
    """Who wrote it together with the applicant, and may read what becomes of it."""

    @property
    def daycares(self) -> tuple[Daycare, ...]:
        """The daycares that are wished for, as far as they are known, in the order in which they were named."""
        return tuple(self.registered[id] for id in self.wish.daycares if id in self.registered)

    @property
    def contact(self) -> Contact | None:
        """To whom the office writes, where somebody is named."""
        name, email = self.wish.contact_name, self.wish.contact_email
        return None if name is None or email is None else Contact(name, email, self.contact_language or "da")


@dataclass(frozen=True, slots=True)
class Application:
    """A judged case. `version` rises with every change, so that nobody decides on what has changed meanwhile.

    `decided_by` is the id of whoever brought it to where it stands, and `reason` is theirs.
    """

    case: Case
    programme: str
    programme_version: int
    round_id: UUID | None
    verdicts: tuple[Verdict, ...]
    status: ApplicationStatus
    submitted_at: datetime
    decided_at: datetime | None = None
    decided_by: str | None = None
    reason: str | None = None
    late_entry_id: UUID | None = None
    applied_as: str | None = None
    """The code it was submitted under, where that municipality has become part of another since."""
    version: int = 1

    @property
    def failed(self) -> tuple[Verdict, ...]:
        """The verdicts that turned the application away, and still do."""
        return tuple(verdict for verdict in self.verdicts if not verdict.passed and verdict.overridden is None)


def skills_needed(case: Case, programme: Programme) -> tuple[Skill, ...]:
    """What the pair must cover: the programme's skills, the themes asked for, and childminding where it takes part."""
    childminding = any(daycare.kind is DaycareKind.CHILDMINDING for daycare in case.daycares)
    needed = {*programme.skills, *case.wish.themes, *([Skill.CHILDMINDING] if childminding else [])}
    return tuple(sorted(needed))
