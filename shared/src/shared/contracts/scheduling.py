"""The facts that scheduling publishes."""

from typing import ClassVar

from shared.contracts.base import Event, Fact
from shared.contracts.intake import Names, Requirement
from shared.contracts.kinds import Day, MunicipalityCode, OpaqueId, Slug, VersionNumber


class SchedulingEvent(Event):
    """Any fact of scheduling."""

    producer: ClassVar[str] = "scheduling"


class CoursePhase(Fact):
    """A phase as it was planned when the course opened. `ends_on` is the day on which the next one may start."""

    name: Slug
    names: Names
    starts_on: Day
    ends_on: Day
    owes: tuple[Requirement, ...] = ()


class CourseOpened(SchedulingEvent):
    """An accepted application has become a course with planned phases."""

    about: ClassVar[str] = "course_id"

    course_id: OpaqueId
    application_id: OpaqueId
    programme: Slug
    programme_version: VersionNumber
    municipality: MunicipalityCode
    daycares: tuple[OpaqueId, ...]
    phases: tuple[CoursePhase, ...]
    on: Day


class TeamAssigned(SchedulingEvent):
    """Consultants who together have the skills the course needs."""

    about: ClassVar[str] = "course_id"

    course_id: OpaqueId
    consultants: tuple[OpaqueId, ...]
    on: Day


class PhaseStarted(SchedulingEvent):
    """A phase of a course is running."""

    about: ClassVar[str] = "course_id"

    course_id: OpaqueId
    phase: Slug
    on: Day


class PhaseCompleted(SchedulingEvent):
    """A phase of a course has delivered everything it owed."""

    about: ClassVar[str] = "course_id"

    course_id: OpaqueId
    phase: Slug
    on: Day


class CourseCompleted(SchedulingEvent):
    """The last phase of a course is over."""

    about: ClassVar[str] = "course_id"

    course_id: OpaqueId
    on: Day
