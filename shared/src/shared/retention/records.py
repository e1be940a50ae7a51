"""Deletes old records in batches, so that other transactions do not wait for long."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Table, delete, func, select, tuple_

from shared.database import Database
from shared.work import UnitOfWork

BATCH = 5000
"""Rows that are deleted in one transaction."""


async def recorded_now(work: UnitOfWork) -> datetime:
    """The moment from which the age of a record is counted: the earlier of the process's clock and the database's.

    Records are dated by the database. A simulated clock that is far ahead of it must not make them old.
    """
    now: datetime | None = await work.session.scalar(select(func.now()))
    assert now is not None
    return min(work.now, now)


async def count_older(work: UnitOfWork, column: Column[datetime], limit: datetime) -> int:
    """How many rows of a table are older than the limit; a row of that very moment is not."""
    return int(await work.session.scalar(select(func.count()).where(column < limit)) or 0)


async def delete_older(database: Database, column: Column[datetime], limit: datetime) -> int:
    """Delete the rows that are older than the limit; returns how many. After an interruption the next run deletes the
    rest."""
    deleted = batch = await _delete_batch(database, column, limit)
    while batch == BATCH:
        batch = await _delete_batch(database, column, limit)
        deleted += batch
    return deleted


async def _delete_batch(database: Database, column: Column[datetime], limit: datetime) -> int:
    table = column.table
    assert isinstance(table, Table)
    key = tuple_(*table.primary_key)
    oldest = select(*table.primary_key).where(column < limit).limit(BATCH)
    async with database.work() as work:
        result: Any = await work.session.execute(delete(table).where(key.in_(oldest)))
        await work.commit()
    return int(result.rowcount)
