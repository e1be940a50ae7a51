"""What scheduling tells intake of the corps, and applications that compete for it."""

from datetime import date, datetime
from itertools import count

from service_under_test import DAYCARES, OpenIntake

from shared.contracts.scheduling.capacity import CORPS, CapacityForecast, CapacityMonth, CourseCost
from shared.hours import month_of, months_later
from shared.office import office_date

_numbers = count(2_000_000_001)


def told(as_of: datetime, *, available: int = 100, bound: int = 0, first: date | None = None) -> CapacityForecast:
    """A forecast with as much in every month; a long course takes 30 hours in each of its first three."""
    month = first or month_of(office_date(as_of))
    ahead = [CapacityMonth(month=months_later(month, n), available=available, bound=bound) for n in range(24)]
    eighteen = (30,) * 3 + (20,) * 12 + (24,) * 3
    costs = (
        CourseCost(programme="long-course", programme_version=1, months=eighteen, per_stated_hour=2),
        CourseCost(programme="short-course", programme_version=1, months=(13, 13, 14), per_stated_hour=2),
    )
    return CapacityForecast(corps=CORPS, as_of=as_of, months=tuple(ahead), costs=costs)


async def another_application(office: OpenIntake, daycares: int = 2) -> str:
    """One more application in the same round, for daycares that nobody has applied for yet."""
    ids = []
    for _ in range(daycares):
        number = next(_numbers)
        wish = DAYCARES["nursery"] | {"p_number": str(number), "name": f"Daycare {number}"}
        ids.append((await office.service.post("/api/v1/daycares", wish, "hanne")).json()["id"])
    return str((await office.submitted(daycares=ids))["id"])
