"""What is held of the applications while somebody decides on what rests on them, here and in the slices above."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import text
from sqlmodel import select

from intake.applications.store import taken_daycares
from intake.applications.tables import ApplicationRow
from shared.work import UnitOfWork


async def hold_application(work: UnitOfWork, id: UUID) -> None:
    """Let nobody else change the application, or hold it, until this work ends."""
    held = select(ApplicationRow).where(ApplicationRow.id == id).with_for_update()
    await work.session.execute(held.execution_options(populate_existing=True))


async def hold_daycares(work: UnitOfWork, round_id: UUID | None, daycares: Collection[UUID]) -> None:
    """Let nobody else take the daycares in the round, or hold them, until this work ends.

    They are held in one order, so that nobody waits for somebody who waits for them.
    """
    if round_id is None:
        return
    lock = text(
        "select pg_advisory_xact_lock(hashtextextended(place, 0))"
        " from (select place from unnest(cast(:places as text[])) as place order by place) as places"
    )
    await work.session.execute(lock, {"places": [f"praksis.round.{round_id}.{daycare}" for daycare in daycares]})


async def take_daycares(work: UnitOfWork, round_id: UUID | None, daycares: Collection[UUID]) -> frozenset[UUID]:
    """Those of the daycares that an application of the round names already; whoever asks first is the first to know.

    Two that ask for one daycare at once would both be told that it is free, so the second waits for the first.
    """
    await hold_daycares(work, round_id, daycares)
    return await taken_daycares(work, round_id, daycares)


async def take_late_entry(work: UnitOfWork, late_entry_id: UUID) -> bool:
    """Whether an application has used up this late entry already; whoever asks first is the first to know.

    Two that ask at once would both be told no, so the second waits for the first.
    """
    lock = text("select pg_advisory_xact_lock(hashtextextended(:entry, 0))")
    await work.session.execute(lock, {"entry": f"praksis.late_entry.{late_entry_id}"})
    used = select(ApplicationRow.id).where(ApplicationRow.late_entry_id == late_entry_id)
    return await work.session.scalar(used) is not None
