"""What is done to municipalities: lock, load, decide, save, publish."""

from intake.municipalities import decisions, store
from intake.municipalities.model import Merger
from shared.work import UnitOfWork


async def note_merger(work: UnitOfWork, merger: Merger) -> None:
    """Note that a municipality is part of another; nothing begins in it any more. Raises what the decision refuses."""
    await store.wait_for_turn(work, merger.municipality)
    store.add_merger(work, work.record(decisions.merge(merger, await store.load_mergers(work))))
