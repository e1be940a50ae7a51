"""What others may read of the programmes."""

from sqlmodel import col, select

from scheduling.programmes.tables import ProgrammeRow
from shared.contracts.intake.programmes import ProgrammePublished
from shared.contracts.vocabulary import Names
from shared.work import UnitOfWork


async def programme_names(work: UnitOfWork) -> dict[str, Names]:
    """The names of every programme, by slug; the newest version decides."""
    rows = await work.session.scalars(select(ProgrammeRow).order_by(col(ProgrammeRow.version)))
    return {row.slug: Names.model_validate(row.definition["names"]) for row in rows}


async def every_version(work: UnitOfWork) -> list[ProgrammePublished]:
    """Every version of every programme that intake has published."""
    rows = await work.session.scalars(select(ProgrammeRow).order_by(ProgrammeRow.slug, col(ProgrammeRow.version)))
    return [ProgrammePublished.model_validate(row.definition) for row in rows]


async def programme_version(work: UnitOfWork, slug: str, version: int) -> ProgrammePublished | None:
    """The version of a programme, unless it has not been heard of yet."""
    row = await work.session.get(ProgrammeRow, (slug, version))
    return None if row is None else ProgrammePublished.model_validate(row.definition)
