"""What one more course would cost the corps, held against what it has."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from intake.capacity.model import Forecast, Month, Wanted
from shared.hours import months_between


@dataclass(frozen=True, slots=True)
class MonthlyCost:
    """A month with what the corps has free in it before, and what is to be taken from that."""

    month: Month
    cost: int

    @property
    def left(self) -> int:
        """What would be free then; negative where there is not so much."""
        return self.month.free - self.cost

    @property
    def lacks(self) -> int:
        """The hours that would be missing, in a month in which something is taken at all."""
        return max(0, -self.left) if self.cost else 0


@dataclass(frozen=True, slots=True)
class Weighing:
    """What accepting would cost, month by month; `as_of` is when the corps was counted.

    Without a cost that is known there is none that can be held against anything.
    """

    as_of: datetime
    months: tuple[MonthlyCost, ...]
    is_known: bool = True

    @property
    def shortages(self) -> tuple[MonthlyCost, ...]:
        """The months in which the corps would lack hours."""
        return tuple(each for each in self.months if each.lacks)

    @property
    def worst(self) -> MonthlyCost | None:
        """The month in which the most would be lacking, the first of them, if any would be."""
        return max(self.shortages, key=lambda each: each.lacks, default=None)

    @property
    def fits(self) -> bool:
        """Whether the corps has the hours in every month that something is taken from."""
        return self.is_known and not self.shortages

    @property
    def tightest(self) -> MonthlyCost | None:
        """The month of those that something is taken from in which the least would be left."""
        return min((each for each in self.months if each.cost), key=lambda each: each.left, default=None)


def promise(forecast: Forecast, courses: Iterable[Wanted], start: date) -> Forecast:
    """The forecast with the hours of these courses promised, which begin in the month of `start`."""
    added = zip(forecast.months, _from(forecast, forecast.cost_of_all(courses), start), strict=True)
    return replace(forecast, months=tuple(replace(month, promised=month.promised + hours) for month, hours in added))


def weigh(forecast: Forecast, wanted: Wanted, start: date) -> Weighing:
    """What this course would cost from the month of `start` on."""
    cost = forecast.cost_of(wanted)
    return hold_against(forecast, cost or (), start, is_known=cost is not None)


def hold_against(forecast: Forecast, cost: Sequence[int], start: date, *, is_known: bool = True) -> Weighing:
    """Hours by month from the month of `start` on, held against what the corps has; beyond its last month, nothing."""
    taken = zip(forecast.months, _from(forecast, cost, start), strict=True)
    return Weighing(forecast.as_of, tuple(MonthlyCost(month, hours) for month, hours in taken), is_known)


def _from(forecast: Forecast, hours: Sequence[int], start: date) -> list[int]:
    """The hours in each month of the forecast, the first of them in the month of `start`."""
    places = [months_between(start, month.first) for month in forecast.months]
    return [hours[place] if 0 <= place < len(hours) else 0 for place in places]
