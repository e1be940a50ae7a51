"""The copy of the programmes: rows ↔ the event that published them, which is their value here."""

from scheduling.programmes.tables import ProgrammeRow
from shared.contracts.intake.programmes import ProgrammePublished
from shared.work import UnitOfWork


async def save_programme(work: UnitOfWork, programme: ProgrammePublished) -> None:
    """Keep a version, or what it has become."""
    await work.session.merge(
        ProgrammeRow(slug=programme.programme, version=programme.version, definition=programme.model_dump(mode="json"))
    )
