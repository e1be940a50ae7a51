"""The copy of the programmes: rows ↔ the event that published them, which is their value here."""

from scheduling.programmes.tables import ProgrammeRow
from shared.contracts.intake import ProgrammePublished
from shared.work import UnitOfWork


async def save_programme(work: UnitOfWork, programme: ProgrammePublished) -> None:
    """Keep a version, or what it has become."""
    await work.session.merge(
        ProgrammeRow(slug=programme.programme, version=programme.version, definition=programme.model_dump(mode="json"))
    )


async def load_programme(work: UnitOfWork, slug: str, version: int) -> ProgrammePublished:
    """The version of a programme. Raises `NoResultFound` if intake has not published it."""
    row = await work.session.get_one(ProgrammeRow, (slug, version))
    return ProgrammePublished.model_validate(row.definition)
