"""The parts of the log: the monthly partitions of the table `event`, which are listed, made and dropped here.

A part is made or dropped in one transaction that has locked the whole log exclusively. It takes the lock on the log
before it touches any part, as all other statements do, which prevents deadlocks. It waits for the lock for a short time
only, because statements that come after it wait, too.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnClause,
    ColumnElement,
    TableClause,
    Text,
    and_,
    cast,
    column,
    delete,
    func,
    insert,
    literal_column,
    select,
    table,
    text,
)
from sqlalchemy.exc import DBAPIError

from shared.database import Database
from shared.retention.months import Month
from shared.work import UnitOfWork

Result = TypeVar("Result")

LOCK_WITHIN = 2.0
"""Seconds to wait for the lock; more than Postgres's own `deadlock_timeout` of one, after which it cancels an
autovacuum that is in the way."""
CHANGE_WITHIN = 600.0
"""Seconds that moving a month's events may take."""
PAUSES = (0.5, 1.0, 2.0, 4.0)
"""Seconds between the attempts to lock the log."""

_COUNTED = "time between '0001-02-01T00:00Z' and '9999-11-01T00:00Z'"
"""The months that can have a part; events with a time outside, written by hand, stay in the default part."""
_LOCK_NOT_AVAILABLE = "55P03"
_DEADLOCK = "40P01"


class LogInUse(Exception):
    """The log was in use for so long that no part could be made or dropped."""


@dataclass(frozen=True, slots=True)
class Unsent:
    """Why a part must stay: how many of its events are unsent, and how many are parked for an operator."""

    waiting: int
    parked: int

    def __bool__(self) -> bool:
        return bool(self.waiting or self.parked)


class Parts:
    """The log of one service, by months."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._event = database.tables.event
        self._schema = database.service
        self._default = self._part("event_default")

    async def months(self, work: UnitOfWork) -> frozenset[Month]:
        """The months that have a part."""
        names = text(
            "select relname from pg_inherits join pg_class on pg_class.oid = inhrelid"
            " where inhparent = cast(:log as regclass)"
        )
        found = await work.session.scalars(names, {"log": f"{self._schema}.event"})
        return frozenset(month for name in found if (month := Month.of_part(name)) is not None)

    async def unparted(self, work: UnitOfWork) -> Mapping[Month, int]:
        """How many events of each month stand in the default part."""
        month: ColumnElement[datetime] = literal_column("date_trunc('month', time, 'UTC')")
        counted = select(month, func.count()).select_from(self._default).where(text(_COUNTED)).group_by(month)
        rows = await work.session.execute(counted)
        return {Month.of(begins): int(events) for begins, events in rows}

    async def make(self, month: Month) -> int | None:
        """Create the part of a month, and move its events from the default part there.

        Returns how many events were moved, or None if another process has created the part meanwhile. Raises
        `LogInUse`.
        """
        async with self._alone() as work:
            if month in await self.months(work):
                return None
            part = f"{self._schema}.{month.part}"
            await work.session.execute(text(f"create table {part} (like {self._schema}.event)"))
            moved = await self._move(work, month)
            bounds = f"from ('{month.begins.isoformat()}') to ('{month.ends.isoformat()}')"
            attach = f"alter table {self._schema}.event attach partition {part} for values {bounds}"
            await work.session.execute(text(attach))
            await work.commit()
            return moved

    async def drop(self, month: Month) -> Unsent:
        """Drop the part of a month, unless it has unsent events; returns how many it has. Raises `LogInUse`."""
        async with self._alone() as work:
            unsent = await self.unsent(work, month)
            if not unsent:
                await work.session.execute(text(f"drop table if exists {self._schema}.{month.part}"))
                await work.commit()
            return unsent

    async def unsent(self, work: UnitOfWork, month: Month) -> Unsent:
        """The unsent and parked events of a month."""
        event, parked = self._event, self._database.tables.parked
        waiting = select(func.count()).where(self._within(event.c.time, month), event.c.dispatched_at.is_(None))
        looked_after = (
            select(func.count())
            .select_from(parked.join(event, parked.c.event_id == cast(event.c.id, Text)))
            .where(parked.c.outgoing, self._within(event.c.time, month))
        )
        counted = select(waiting.scalar_subquery(), looked_after.scalar_subquery())
        row = (await work.session.execute(counted)).one()
        return Unsent(*row)

    async def _move(self, work: UnitOfWork, month: Month) -> int:
        leaving = delete(self._default).where(self._within(self._default.c.time, month))
        gone = leaving.returning(*self._default.c).cte("gone")
        arriving = insert(self._part(month.part)).from_select(gone.c.keys(), select(gone))
        moved: Any = await work.session.execute(arriving)
        return int(moved.rowcount)

    def _part(self, name: str) -> TableClause:
        columns: list[ColumnClause[Any]] = [column(each.name) for each in self._event.columns]
        return table(name, *columns, schema=self._schema)

    def _within(self, time: ColumnElement[Any], month: Month) -> ColumnElement[bool]:
        return and_(time >= month.begins, time < month.ends)

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[UnitOfWork]:
        """A unit of work with an exclusive lock on the log. Raises `LogInUse`."""
        async with self._database.work() as work:
            await work.session.execute(text(f"set local lock_timeout = {LOCK_WITHIN * 1000:.0f}"))
            await work.session.execute(text(f"set local statement_timeout = {CHANGE_WITHIN * 1000:.0f}"))
            try:
                await work.session.execute(text(f"lock table {self._schema}.event in access exclusive mode"))
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) in (_LOCK_NOT_AVAILABLE, _DEADLOCK):
                    raise LogInUse("the log is in use; try again when less is going on") from error
                raise
            yield work


async def when_free(change: Callable[[], Awaitable[Result]]) -> Result:
    """Run a change of the parts, again while the log is in use. Raises `LogInUse` after the last attempt."""
    for pause in PAUSES:
        try:
            return await change()
        except LogInUse:
            await asyncio.sleep(pause)
    return await change()
