"""Facts about courses."""

from typing import ClassVar

from shared.contracts.base import Fact
from shared.contracts.kinds import Day, MunicipalityCode, OpaqueId, Slug, VersionNumber
from shared.contracts.scheduling.base import SchedulingEvent
from shared.contracts.vocabulary import Names, Requirement


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


class DaycareReplaced(SchedulingEvent):
    """A daycare takes part in a course in the place of another, from the running phase on."""

    about: ClassVar[str] = "course_id"

    course_id: OpaqueId
    left: OpaqueId
    joined: OpaqueId
    on: Day


class CourseCompleted(SchedulingEvent):
    """The last phase of a course is over."""

    about: ClassVar[str] = "course_id"

    course_id: OpaqueId
    on: Day
