"""Retries failed events with backoff, and then releases in order the events that wait behind them."""

import asyncio
from collections import deque
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, Select, and_, delete, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from shared.database import Database
from shared.events.effects import Effects
from shared.events.envelope import decode
from shared.events.failures import State, Subject, count_attempt, longest_pause, note_failed_attempt, type_of
from shared.events.handlers import Handlers
from shared.events.supervision import wait_for
from shared.monitoring import numbers
from shared.outages import is_outage
from shared.work import UnitOfWork

log = structlog.get_logger(__name__)

LOOK_EVERY = 1.0
"""Seconds between looks for events that are due."""
SUBJECTS = 100
"""Most subjects that one look finds. A look reads all of `parked`: one look per event would take the square of their
number."""
IN_A_ROW = 100
"""Most events of one subject that are handled in a row before other subjects have their turn."""


class Retries:
    """Runs in a service's worker until `stop` is set; several workers may run it: an event's row is locked while it is
    tried."""

    def __init__(self, *, database: Database, handlers: Handlers) -> None:
        self._database = database
        self._effects = Effects(database, handlers)
        self._subjects: deque[Subject] = deque()
        """The due subjects that the last look found and that have not been tried yet."""
        self._begun: UUID | None = None
        """The event whose next try has been counted already: the previous one's transaction counted it, or the database
        broke the try off."""
        self._in_a_row = 0

    async def run(self, stop: asyncio.Event) -> None:
        """Retry due events again and again. Raises when the database is lost; the caller runs it again."""
        while not stop.is_set():
            if await self.retry_next() is None:
                await wait_for(stop, LOOK_EVERY)

    async def retry_next(self) -> UUID | None:
        """Retry one event that is due; returns its id, or None if none is due.

        The try is counted in an earlier commit – its own, or that of the event behind which it waited – so that an
        event that ends its process is not tried for ever.
        """
        id = self._begun or await self._begin_next()
        self._begun = None
        if id is not None:
            try:
                self._begun = await self._try_counted(id, goes_on=self._in_a_row < IN_A_ROW)
            except Exception as error:
                self._begun = id if is_outage(error) else None
                raise
            self._in_a_row = self._in_a_row + 1 if self._begun else 0
        return id

    async def try_counted(self, id: UUID) -> None:
        """Try an event whose try has been counted; if it fails, note why. Raises when the database is at fault."""
        await self._try_counted(id, goes_on=False)

    async def _try_counted(self, id: UUID, *, goes_on: bool) -> UUID | None:
        """Like `try_counted`; if `goes_on`, also count a try of the event that waits behind it, in the same commit, and
        return its id."""
        try:
            return await self._try(id, goes_on)
        except Exception as error:
            if is_outage(error):
                raise
            await self._note(id, error)
            return None

    async def _begin_next(self) -> UUID | None:
        """Find a subject whose first event is due, and count a try of that event."""
        async with self._database.work() as work:
            if not self._subjects:
                found = await work.session.execute(_due_subjects(work))
                self._subjects.extend((row.source, row.subject) for row in found)
            while self._subjects:
                if id := await _begin_first(work, self._subjects.popleft()):
                    await work.commit()
                    return id
        return None

    async def _try(self, id: UUID, goes_on: bool) -> UUID | None:
        parked = self._database.tables.parked
        async with self._database.work() as work:
            failed = select(parked.c.body, parked.c.source, parked.c.subject).where(parked.c.id == id).with_for_update()
            row = (await work.session.execute(failed)).first()
            if row is None:
                return None  # an operator has given it up meanwhile
            numbers.retried(self._database.service, type_of(row.body))
            handled = await self._effects.of_unseen(work, [decode(row.body)])
            await work.session.execute(delete(parked).where(parked.c.id == id))
            following = await _begin_first(work, (row.source, row.subject)) if goes_on else None
            await work.commit()
        self._effects.count(handled)
        log.info("event handled after failure", key=str(id))
        return following

    async def _note(self, id: UUID, error: Exception) -> None:
        async with self._database.work() as work:
            await note_failed_attempt(work, self._database.tables, id, error)
            parked = self._database.tables.parked
            type_name = await work.session.scalar(select(parked.c.type).where(parked.c.id == id))
            await work.commit()
        numbers.attempt_failed(self._database.service, type_name, error)


def _due_subjects(work: UnitOfWork) -> Select[tuple[str, str]]:
    """The subjects whose first event is due; many events that wait behind one do not delay other subjects."""
    parked = work.tables.parked
    first = (
        select(parked)
        .where(~parked.c.outgoing, parked.c.event_id.is_not(None))
        .ext(distinct_on(parked.c.source, parked.c.subject))
        .order_by(parked.c.source, parked.c.subject, *_in_turn(parked.c, work.now))
        .subquery()
    )
    return (
        select(first.c.source, first.c.subject)
        .where(_is_due(first.c, work.now))
        .order_by(first.c.retry_at.nulls_last(), first.c.sequence)
        .limit(SUBJECTS)
    )


async def _begin_first(work: UnitOfWork, of: Subject) -> UUID | None:
    """Count a try of the first event of a subject, if it is due and no other worker is trying it; the caller
    commits."""
    parked = work.tables.parked
    first = (
        select(parked.c.id)
        .where(~parked.c.outgoing, parked.c.source == of[0], parked.c.subject == of[1])
        .order_by(*_in_turn(parked.c, work.now))
        .limit(1)
        .scalar_subquery()
    )
    due = select(parked.c.id, parked.c.attempts).where(parked.c.id == first, _is_due(parked.c, work.now))
    row = (await work.session.execute(due.with_for_update(skip_locked=True))).first()
    if row is None:
        return None
    await count_attempt(work, work.tables, row.id, row.attempts)
    id: UUID = row.id
    return id


def _in_turn(failed: ReadOnlyColumnCollection[str, Any], now: datetime) -> tuple[ColumnElement[Any], ...]:
    """The order within a subject. Two events with one number, as another system may count, do not wait for each
    other."""
    return failed.sequence, _is_due(failed, now).desc()


def _is_due(failed: ReadOnlyColumnCollection[str, Any], now: datetime) -> ColumnElement[bool]:
    """Whether an event may be tried: its retry is due, or it only waits for those before it."""
    has_come = or_(failed.retry_at <= now, failed.retry_at > now + longest_pause())
    return or_(failed.state == State.WAITING, and_(failed.state == State.RETRYING, has_come))
