"""The facts that scheduling publishes."""

from typing import ClassVar

from shared.contracts.base import Event, Fact
from shared.contracts.intake import Names, Requirement
from shared.contracts.kinds import Count, Day, Moment, MunicipalityCode, OpaqueId, Slug, VersionNumber

CORPS = "corps"
"""The one corps that there is, which capacity is about."""


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


class CapacityMonth(Fact):
    """A calendar month, named by its first day: the corps' hours for courses, and those that open courses bind."""

    month: Day
    available: Count
    bound: Count


class CourseCost(Fact):
    """The hours that one more course of a programme would bind, month by month from the one it opens in.

    An application that states its hours binds `per_stated_hour` for each of them instead, spread evenly over as many
    months.
    """

    programme: Slug
    programme_version: VersionNumber
    months: tuple[Count, ...]
    per_stated_hour: Count


class CapacityForecast(SchedulingEvent):
    """What the corps can take on, as it stood at `as_of`, and what one more course would cost.

    Published when it says something else than the one before.
    """

    about: ClassVar[str] = "corps"

    corps: Slug
    as_of: Moment
    months: tuple[CapacityMonth, ...]
    costs: tuple[CourseCost, ...]


class ForecastFellDue(SchedulingEvent):
    """The forecast of capacity may have become another: courses or the corps have changed, or a month has begun."""

    about: ClassVar[str] = "corps"

    corps: Slug


class SchedulingSessionsEnded(SchedulingEvent):
    """Somebody was signed out: the session of this id has ended, or every one of the person of this id."""

    about: ClassVar[str] = "ended_id"
    contract_name: ClassVar[str] = "SessionsEnded"

    ended_id: OpaqueId
    issued_until: Moment
    """Of a person, the sessions that began later go on."""
