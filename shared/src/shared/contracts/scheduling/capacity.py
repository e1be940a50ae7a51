"""Facts about what the corps can take on."""

from typing import ClassVar

from shared.contracts.base import Fact
from shared.contracts.kinds import Count, Day, Moment, Slug, VersionNumber
from shared.contracts.scheduling.base import SchedulingEvent

CORPS = "corps"
"""The one corps that there is, which capacity is about."""


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
