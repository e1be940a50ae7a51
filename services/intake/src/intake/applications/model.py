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


class Status(StrEnum):
    """Where an application stands."""

    SUBMITTED = "submitted"
    REFUSED = "refused"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WAITLISTED = "waitlisted"
    WITHDRAWN = "withdrawn"
    AGREED = "agreed"


LIVE = frozenset({Status.SUBMITTED, Status.WAITLISTED, Status.ACCEPTED, Status.AGREED})
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
class Case:
    """What somebody applies for, before anybody has judged it. `hours` are hours of advice."""

    id: UUID
    applicant: str
    applicant_kind: ApplicantKind
    municipality: str
    daycares: tuple[Daycare, ...]
    themes: tuple[Skill, ...]
    hours: int | Decimal | None
    motivation: str
    enquiry_id: UUID | None = None
    """The question that the application grew out of."""
    contact: Contact | None = None
    selection: tuple[Selection, ...] = ()
    """At most one of each participating daycare, in their order."""
    partners: tuple[str, ...] = ()
    """Who wrote it together with the applicant, and may read what becomes of it."""


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
    status: Status
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
    needed = {*programme.skills, *case.themes, *([Skill.CHILDMINDING] if childminding else [])}
    return tuple(sorted(needed))
