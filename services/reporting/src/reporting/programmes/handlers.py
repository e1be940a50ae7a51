"""What the names of the programmes follow."""

from reporting.programmes.tables import ProgrammeRow
from shared.contracts.intake.programmes import ProgrammePublished
from shared.events.handlers import Handlers
from shared.work import UnitOfWork

on = Handlers()


@on(ProgrammePublished)
async def keep_names(published: ProgrammePublished, work: UnitOfWork) -> None:
    await work.session.merge(ProgrammeRow(slug=published.programme, names=published.names.model_dump()))
