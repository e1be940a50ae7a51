"""Where the cases are, and the way each course has gone."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from shared.contracts.vocabulary import Names


@dataclass(frozen=True, slots=True)
class Pipeline:
    """How many applications of a programme have ever come so far; `running` alone is a state of today.

    `agreed` counts those whose agreement both parties have signed.
    """

    programme: str
    submitted: int
    refused: int
    waitlisted: int
    accepted: int
    declined: int
    withdrawn: int
    agreed: int
    running: int
    completed: int


@dataclass(frozen=True, slots=True)
class Case:
    """An application, and when which of its steps came."""

    application_id: UUID
    programme: str
    municipality: str
    submitted_on: date | None = None
    refused_on: date | None = None
    waitlisted_on: date | None = None
    accepted_on: date | None = None
    declined_on: date | None = None
    withdrawn_on: date | None = None
    agreed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """A phase on the way: planned and real dates. `planned_end` is the day on which the next may start."""

    phase: str
    names: Names
    planned_start: date
    planned_end: date
    started_on: date | None = None
    completed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """What an application has become, with its phases in their order."""

    course_id: UUID
    application_id: UUID
    opened_on: date
    stretches: tuple[Stretch, ...]
    team_assigned_on: date | None = None
    completed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """One accepted application from its submission to the end of its course."""

    application_id: UUID
    course_id: UUID
    programme: str
    municipality: str
    submitted_on: date | None
    accepted_on: date | None
    agreed_on: date | None
    opened_on: date
    team_assigned_on: date | None
    completed_on: date | None
    stretches: tuple[Stretch, ...]
