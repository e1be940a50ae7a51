"""Rate limits, counted in the database, so that they hold over all processes of a service.

A row is locked until the transaction that counts commits; what is rolled back has not been counted. The row's key is a
hash, so the table does not show who was counted, and a row is deleted once nothing in it counts any more.
"""

from datetime import datetime
from hashlib import sha256

from sqlalchemy import delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from shared.limits import Limit, once_more, times_counted
from shared.work import UnitOfWork

SWEPT = 50
"""Most rows that are deleted as no longer counting, each time that something is counted."""


async def take(work: UnitOfWork, limit: Limit, whose: str, formerly: str | None = None) -> None:
    """Count one use of a limit by `whose`; what was counted under the key `formerly` still counts.

    Raises `TooOften`, and then counts nothing.
    """
    allowance = work.tables.allowance
    key = _key(limit, whose)
    before = select(allowance.c.clear_at).where(allowance.c.key == _key(limit, formerly or whose)).scalar_subquery()
    hold = insert(allowance).values(key=key, clear_at=func.coalesce(before, literal(work.now)))
    # An update that changes nothing: it waits for a transaction that counts at this moment, and returns its result.
    held = hold.on_conflict_do_update(index_elements=["key"], set_={"key": hold.excluded.key})
    clear_at = (await work.session.execute(held.returning(allowance.c.clear_at))).scalar_one()
    after = once_more(limit, clear_at, work.now)
    await work.session.execute(update(allowance).where(allowance.c.key == key).values(clear_at=after))
    await _sweep(work)


async def used(work: UnitOfWork, limit: Limit, whose: str) -> int:
    """How many uses of a limit count at present."""
    allowance = work.tables.allowance
    clear_at = await work.session.scalar(select(allowance.c.clear_at).where(allowance.c.key == _key(limit, whose)))
    return 0 if clear_at is None else times_counted(limit, clear_at, work.now)


async def forget_allowances(work: UnitOfWork, cleared_before: datetime) -> None:
    """Delete rows in which nothing has counted since a moment."""
    allowance = work.tables.allowance
    await work.session.execute(delete(allowance).where(allowance.c.clear_at < cleared_before))


async def _sweep(work: UnitOfWork) -> None:
    allowance = work.tables.allowance
    stale = (
        select(allowance.c.key)
        .where(allowance.c.clear_at < func.least(literal(work.now), func.now()))
        .limit(SWEPT)
        .with_for_update(skip_locked=True)
    )
    await work.session.execute(delete(allowance).where(allowance.c.key.in_(stale)))


def _key(limit: Limit, whose: str) -> bytes:
    return sha256(f"{limit.name}\n{whose}".encode()).digest()
