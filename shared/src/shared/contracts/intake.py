"""The facts that intake publishes."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from shared.contracts.base import Event, Fact


class IntakeEvent(Event):
    """Any fact of intake."""

    producer: ClassVar[str] = "intake"


class IntakeMode(StrEnum):
    """How one gets into a programme."""

    ROUNDS = "rounds"
    ROLLING = "rolling"
    REGISTRATION = "registration"


class Scope(StrEnum):
    """Whether an instrument is owed once by the course or once by each of its daycares."""

    COURSE = "course"
    DAYCARE = "daycare"


class Instrument(StrEnum):
    """A measurement that a phase may owe."""

    OBSERVATION = "observation"
    LEADERSHIP_SURVEY = "leadership_survey"


class Skill(StrEnum):
    """What a consultant can and a course may need; the first four are the themes of the 2017 call."""

    LEARNING_ENVIRONMENTS = "learning_environments"
    PARENTS = "parents"
    INTERDISCIPLINARY_WORK = "interdisciplinary_work"
    LEADERSHIP = "leadership"
    CHILDMINDING = "childminding"


class Requirement(Fact):
    """An instrument that a phase owes before it can be completed."""

    instrument: Instrument
    per: Scope


class Names(Fact):
    """What a thing is called on the screens."""

    da: str
    en: str


class PlannedPhase(Fact):
    """A phase of a programme, about `months` long."""

    name: str
    names: Names
    months: int
    owes: tuple[Requirement, ...] = ()


class ProgrammePublished(IntakeEvent):
    """A version of a programme is in force from a date; a case is judged by the version of its own day."""

    about: ClassVar[str] = "programme"

    programme: str
    version: int
    names: Names
    intake: IntakeMode
    valid_from: date
    valid_until: date | None
    team_size: int
    hour_cap: int | None
    phases: tuple[PlannedPhase, ...]
    skills: tuple[Skill, ...]


class RoundOpened(IntakeEvent):
    """Applications to a programme are taken until, and not at, `closes_at`."""

    about: ClassVar[str] = "round_id"

    round_id: UUID
    programme: str
    opens_at: datetime
    closes_at: datetime


class ApplicationSubmitted(IntakeEvent):
    """An application met every rule and waits for a decision."""

    about: ClassVar[str] = "application_id"

    application_id: UUID
    programme: str
    programme_version: int
    round_id: UUID | None
    municipality: str
    daycares: tuple[UUID, ...]
    on: date


class ApplicationRefused(IntakeEvent):
    """An application was turned away by a rule, before anybody looked at it."""

    about: ClassVar[str] = "application_id"

    application_id: UUID
    programme: str
    programme_version: int
    municipality: str
    rules: tuple[str, ...]
    on: date


class ApplicationAccepted(IntakeEvent):
    """A caseworker said yes; what the course needs to know of the application comes with it."""

    about: ClassVar[str] = "application_id"

    application_id: UUID
    programme: str
    programme_version: int
    municipality: str
    daycares: tuple[UUID, ...]
    skills: tuple[Skill, ...]
    hours: int | None
    on: date
