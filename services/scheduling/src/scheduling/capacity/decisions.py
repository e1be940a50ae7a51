"""When a forecast is told."""

from datetime import datetime, time

from shared.contracts.scheduling.capacity import CORPS, CapacityForecast, ForecastFellDue
from shared.decision import Decision, Timer
from shared.hours import month_of, months_later
from shared.office import OFFICE, office_date


def tell(before: CapacityForecast | None, counted: CapacityForecast) -> Decision[CapacityForecast]:
    """Tell a forecast that says something else than the one before, and look again when the next month begins.

    One that was counted earlier than what has been told already comes too late, and changes nothing.
    """
    if before is not None and counted.as_of < before.as_of:
        return Decision(before)
    again = Timer("capacity/next-month", _next_month(counted.as_of), ForecastFellDue(corps=CORPS))
    if before is not None and (before.months, before.costs) == (counted.months, counted.costs):
        return Decision(before, timers=(again,))
    return Decision(counted, (counted,), (again,))


def _next_month(now: datetime) -> datetime:
    return datetime.combine(months_later(month_of(office_date(now)), 1), time(), OFFICE)
