"""What the copy of the programmes follows."""

from scheduling.programmes import store
from scheduling.recounting import recount_soon
from shared.contracts.intake.programmes import ProgrammePublished
from shared.events.handlers import Handlers
from shared.work import UnitOfWork

on = Handlers()


@on(ProgrammePublished)
async def keep_programme(published: ProgrammePublished, work: UnitOfWork) -> None:
    await store.save_programme(work, published)
    recount_soon(work)
