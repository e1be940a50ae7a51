"""Finds events that a service has published and the log does not have, and lets the relay publish them again.

A publisher confirm is no guarantee for ever: a broker may lose the stream, and an operator may delete it or its
binding. The events still stand in the service's outbox, and are sent again once their dispatch marks are removed.
"""

import time
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ARRAY, Row, Text, Uuid, any_, bindparam, cast, func, select, update

from shared.database import Database
from shared.events.many import one_of
from shared.events.memory import remembered_since

ROWS = 5_000
SETTLED = timedelta(seconds=90)
"""So long after an event was sent, no transaction can still commit one at a lower position: the database ends idle
transactions earlier."""
FORGOTTEN_AFTER = 600.0
"""Seconds after which an id that was met in the log, and that no row asks for, is dropped from memory: the log has it
twice."""

_Row = Row[tuple[int, UUID, datetime | None, bool]]


class LogCheck:
    """Which of the service's own events have been met in the log.

    `position` is the outbox position up to which every event is certain to be in the log.
    """

    def __init__(self, database: Database) -> None:
        self.position = 0
        self._database = database
        self._met: dict[str, float] = {}
        self._unasked: set[str] = set()
        """Ids that have been met since the last look, and for which no row was looked at."""

    def meet(self, event_id: str) -> None:
        """Note that the log has an event of this service."""
        self._met[event_id] = time.monotonic()
        self._unasked.add(event_id)

    def has_met(self, event_ids: Collection[str]) -> bool:
        """Whether the log has all of these."""
        return all(each in self._met for each in event_ids)

    def begin_anew(self) -> None:
        """Forget everything: the log is a new one."""
        self.position = 0
        self._met.clear()
        self._unasked.clear()

    async def mark_what_is_there(self) -> int:
        """Mark events as dispatched that are not and that the log has all the same; returns how many.

        Their confirm was lost, or a queue of another system refused them: published again they would be in the log
        twice.
        """
        event = self._database.tables.event
        unsent = select(event.c.id).where(event.c.dispatched_at.is_(None)).order_by(event.c.position).limit(ROWS)
        async with self._database.work() as work:
            there = [each for each in await work.session.scalars(unsent) if str(each) in self._met]
            if there:
                marking = update(event).where(event.c.id.in_(there)).values(dispatched_at=func.now())
                await work.session.execute(marking)
                await work.commit()
        return len(there)

    async def send_what_is_missing(self, read_at: datetime) -> int:
        """Let events be published again that were sent before `read_at` and that the log does not have; returns how
        many.

        `read_at` is a time by the database's clock after which the log has been read to its end.
        """
        found, looked_at = 0, self.position
        while rows := await self._rows_after(looked_at):
            self._unasked.difference_update(str(row.id) for row in rows)
            lost = [row.id for row in rows if self._is_sent(row, read_at) and str(row.id) not in self._met]
            await send_again(self._database, lost)
            if looked_at == self.position:
                self._rise(rows, read_at)
            found, looked_at = found + len(lost), rows[-1].position
        forgotten = time.monotonic() - FORGOTTEN_AFTER
        self._met = {each: met_at for each, met_at in self._met.items() if met_at > forgotten}
        return found

    async def unknown(self) -> int:
        """How many events in this service's name have been met since the last look that its outbox does not have.

        They were in it when they were sent: so the database has been restored to an earlier moment, or another
        publisher has used this service's name. An event that the log has twice is not counted, however far back its row
        is.
        """
        unasked, self._unasked = self._unasked, set()
        if not unasked:
            return 0
        event = self._database.tables.event
        given = {"ids": [id for each in unasked if (id := _own_id(each)) is not None]}
        known = select(event.c.id).where(event.c.id == any_(bindparam("ids", type_=ARRAY(Uuid))))
        async with self._database.work() as work:
            return len(unasked.difference(map(str, await work.session.scalars(known, given))))

    async def _rows_after(self, position: int) -> Sequence[_Row]:
        event, parked = self._database.tables.event, self._database.tables.parked
        rests = select(parked.c.id).where(parked.c.outgoing, parked.c.event_id == cast(event.c.id, Text)).exists()
        statement = (
            select(event.c.position, event.c.id, event.c.dispatched_at, rests.label("rests"))
            .where(event.c.position > position, event.c.time >= remembered_since(self._database.clock.now()))
            .order_by(event.c.position)
            .limit(ROWS)
        )
        async with self._database.work() as work:
            return (await work.session.execute(statement)).all()

    def _is_sent(self, row: _Row, read_at: datetime) -> bool:
        return row.dispatched_at is not None and row.dispatched_at < read_at

    def _rise(self, rows: Sequence[_Row], read_at: datetime) -> None:
        """Advance the position over events that are certain, and drop their ids from memory."""
        for row in rows:
            is_certain = self._is_sent(row, read_at - SETTLED) and str(row.id) in self._met
            if not (is_certain or row.rests):
                return
            self.position = row.position
            self._met.pop(str(row.id), None)


def _own_id(told: str) -> UUID | None:
    """The id of one of the service's own events, which is always a UUID, or None."""
    try:
        return UUID(told)
    except ValueError:
        return None


async def send_again(database: Database, event_ids: Sequence[UUID]) -> None:
    """Remove the dispatch marks of own events, so that the relay publishes them again, the oldest first."""
    if event_ids:
        event = database.tables.event
        async with database.work() as work:
            await work.session.execute(update(event).where(event.c.id == one_of(event_ids)).values(dispatched_at=None))
            await work.commit()
