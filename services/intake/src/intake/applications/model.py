"""An application with its participating daycares and the verdicts that explain what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from intake.organisations.model import Daycare
from intake.programmes.rules import ApplicantKind
from shared.contracts.intake import Skill


class Status(StrEnum):
    """Where an application stands."""

    SUBMITTED = "submitted"
    REFUSED = "refused"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WAITLISTED = "waitlisted"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one rule says, of one daycare or of the application as a whole, with the facts it rests on."""

    rule: str
    passed: bool
    daycare_id: UUID | None = None
    facts: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """What somebody applies for, before anybody has judged it. `hours` are whole hours of advice."""

    id: UUID
    applicant: str
    applicant_kind: ApplicantKind
    municipality: str
    daycares: tuple[Daycare, ...]
    themes: tuple[Skill, ...]
    hours: int | None
    motivation: str
    enquiry_id: UUID | None = None
    """The question that the application grew out of."""


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
    version: int = 1

    @property
    def failed(self) -> tuple[Verdict, ...]:
        """The verdicts that turned the application away."""
        return tuple(verdict for verdict in self.verdicts if not verdict.passed)
