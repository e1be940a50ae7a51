"""What the programmes are called."""

from sqlmodel import col, select

from scheduling.programmes.tables import ProgrammeRow
from shared.contracts.intake import Names
from shared.work import UnitOfWork


async def programme_names(work: UnitOfWork) -> dict[str, Names]:
    """The names of every programme, by slug; the newest version decides."""
    rows = await work.session.scalars(select(ProgrammeRow).order_by(col(ProgrammeRow.version)))
    return {row.slug: Names.model_validate(row.definition["names"]) for row in rows}
