"""What others may ask of the municipalities."""

from intake.municipalities import decisions, model
from intake.municipalities.model import Merger
from intake.municipalities.store import load_mergers
from shared.work import UnitOfWork


async def mergers(work: UnitOfWork) -> dict[str, Merger]:
    """Every merger by the municipality that is no more, the latest first."""
    return await load_mergers(work)


async def one_with(work: UnitOfWork, municipality: str | None) -> frozenset[str]:
    """All that are one municipality with this one today; nothing for somebody who belongs to none."""
    return frozenset() if municipality is None else model.one_with(await load_mergers(work), municipality)


async def check_merger(work: UnitOfWork, merger: Merger) -> None:
    """Raise what `note_merger` would raise now."""
    decisions.merge(merger, await load_mergers(work))
