"""What the programmes are called."""

from sqlmodel import select

from reporting.programmes.tables import ProgrammeRow
from shared.contracts.vocabulary import Names
from shared.work import UnitOfWork


async def programme_names(work: UnitOfWork) -> dict[str, Names]:
    """The names of every programme, by slug."""
    return {row.slug: Names.model_validate(row.names) for row in await work.session.scalars(select(ProgrammeRow))}
