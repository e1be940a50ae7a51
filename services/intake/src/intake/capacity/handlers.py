"""What intake learns of the corps."""

from intake.capacity import store
from shared.contracts.scheduling.capacity import CapacityForecast
from shared.contracts.scheduling.courses import CourseOpened
from shared.events.handlers import Handlers
from shared.work import UnitOfWork

on = Handlers()


@on(CapacityForecast)
async def keep_forecast(told: CapacityForecast, work: UnitOfWork) -> None:
    # scheduling tells of a course before it tells the forecast that knows it
    if await store.keep_newer(work, told):
        await store.note_counted(work)


@on(CourseOpened)
async def note_course(opened: CourseOpened, work: UnitOfWork) -> None:
    await store.note_opened(work, opened.application_id)
