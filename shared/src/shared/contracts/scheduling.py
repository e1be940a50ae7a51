"""The facts that scheduling publishes."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from shared.contracts.base import Event, Fact
from shared.contracts.intake import Names, Requirement


class SchedulingEvent(Event):
    """Any fact of scheduling."""

    producer: ClassVar[str] = "scheduling"


class CoursePhase(Fact):
    """A phase as it was planned when the course opened. `ends_on` is the day on which the next one may start."""

    name: str
    names: Names
    starts_on: date
    ends_on: date
    owes: tuple[Requirement, ...] = ()


class CourseOpened(SchedulingEvent):
    """An accepted application has become a course with planned phases."""

    about: ClassVar[str] = "course_id"

    course_id: UUID
    application_id: UUID
    programme: str
    programme_version: int
    municipality: str
    daycares: tuple[UUID, ...]
    phases: tuple[CoursePhase, ...]
    on: date


class TeamAssigned(SchedulingEvent):
    """Consultants who together have the skills the course needs."""

    about: ClassVar[str] = "course_id"

    course_id: UUID
    consultants: tuple[UUID, ...]
    on: date


class PhaseStarted(SchedulingEvent):
    """A phase of a course is running."""

    about: ClassVar[str] = "course_id"

    course_id: UUID
    phase: str
    on: date


class PhaseCompleted(SchedulingEvent):
    """A phase of a course has delivered everything it owed."""

    about: ClassVar[str] = "course_id"

    course_id: UUID
    phase: str
    on: date


class CourseCompleted(SchedulingEvent):
    """The last phase of a course is over."""

    about: ClassVar[str] = "course_id"

    course_id: UUID
    on: date
