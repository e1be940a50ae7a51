"""What the corps can take on, as intake was told last, and what one more course would cost."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from shared.contracts.scheduling.capacity import CapacityForecast
from shared.hours import spread_evenly


@dataclass(frozen=True, slots=True)
class Corps:
    """What scheduling has told of the corps: the newest forecast, and the applications that have become a course, those
    that the forecast has counted and those that it cannot know, since they did so later."""

    corps: str
    forecast: CapacityForecast | None = None
    counted: frozenset[UUID] = frozenset()
    uncounted: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Wanted:
    """A course that somebody wants: of which programme version, and the whole hours that were stated, if any."""

    programme: str
    programme_version: int
    hours: int | None


@dataclass(frozen=True, slots=True)
class Month:
    """The corps' hours in a month, named by its first day: those that it has, those that open courses bind, and those
    that are promised to courses that have not been counted yet."""

    first: date
    available: int
    bound: int
    promised: int = 0

    @property
    def taken(self) -> int:
        """What is bound or promised."""
        return self.bound + self.promised

    @property
    def free(self) -> int:
        """Negative where more is taken than the corps has."""
        return self.available - self.taken


@dataclass(frozen=True, slots=True)
class Cost:
    """The hours of one more course, month by month from the one it opens in, and how many one stated hour binds."""

    programme: str
    programme_version: int
    months: tuple[int, ...]
    per_stated_hour: int

    def of(self, hours: int | None) -> tuple[int, ...]:
        """The hours by month of a course for which so many hours, or none in particular, were stated."""
        return self.months if hours is None else spread_evenly(hours * self.per_stated_hour, len(self.months))


@dataclass(frozen=True, slots=True)
class Forecast:
    """The months ahead, and the costs of the programmes, as they stood at `as_of`."""

    as_of: datetime
    months: tuple[Month, ...]
    costs: tuple[Cost, ...]

    def cost_of(self, wanted: Wanted) -> tuple[int, ...] | None:
        """The hours by month of the course that is wanted, if the forecast knows its programme."""
        for cost in self.costs:
            if (cost.programme, cost.programme_version) == (wanted.programme, wanted.programme_version):
                return cost.of(wanted.hours)
        return None

    def cost_of_all(self, wanted: Iterable[Wanted]) -> tuple[int, ...]:
        """The hours by month of these together; those whose programme the forecast does not know count nothing."""
        costs = [self.cost_of(each) or () for each in wanted]
        longest = max(map(len, costs), default=0)
        return tuple(sum(cost[month] for cost in costs if month < len(cost)) for month in range(longest))
