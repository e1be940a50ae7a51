"""When the corps' capacity is counted."""

from scheduling.capacity import decisions, store
from scheduling.capacity.counting import forecast
from scheduling.consultants.queries import corps_hours
from scheduling.courses.queries import open_courses
from scheduling.programmes.queries import every_version
from shared.contracts.scheduling.capacity import ForecastFellDue
from shared.events.handlers import Handlers
from shared.work import UnitOfWork

on = Handlers()


@on(ForecastFellDue)
async def count_capacity(due: ForecastFellDue, work: UnitOfWork) -> None:
    before = await store.lock_forecast(work)
    counted = forecast(work.now, await corps_hours(work), await open_courses(work), await every_version(work))
    decision = decisions.tell(before, counted)
    told = work.record(decision)
    if decision.events:
        await store.save_forecast(work, told)
