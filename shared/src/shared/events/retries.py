"""Tries again what failed, when its time has come, and then releases in order what waits behind it."""

import asyncio
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import Select, and_, delete, or_, select

from shared.database import Database
from shared.events.effects import Effects
from shared.events.envelope import decode
from shared.events.failures import State, count_attempt, longest_pause, note_failed_attempt, type_of
from shared.events.handlers import Handlers
from shared.events.supervision import wait_for
from shared.monitoring import numbers
from shared.outages import is_outage

log = structlog.get_logger(__name__)

LOOK_EVERY = 1.0
"""Seconds between looks for events whose time has come."""


class Retries:
    """Runs in a service's worker until `stop` is set. Several workers can: an event is locked while it is tried."""

    def __init__(self, *, database: Database, handlers: Handlers) -> None:
        self._database = database
        self._effects = Effects(database, handlers)
        self._broken_off: UUID | None = None
        """The event whose counted try the database has broken off: the try goes on when it answers again."""

    async def run(self, stop: asyncio.Event) -> None:
        """Look again and again. Raises when the database is lost; the caller runs it again."""
        while not stop.is_set():
            if await self.retry_next() is None:
                await wait_for(stop, LOOK_EVERY)

    async def retry_next(self) -> UUID | None:
        """Try one event whose time has come; returns its id, or nothing if there is none.

        The try is counted in a commit of its own before it begins, so that what ends its process comes to rest.
        """
        id = self._broken_off or await self._begin()
        self._broken_off = None
        if id is not None:
            try:
                await self.try_counted(id)
            except Exception as error:
                self._broken_off = id if is_outage(error) else None
                raise
        return id

    async def try_counted(self, id: UUID) -> None:
        """Try an event whose try has been counted; note why where it fails. Raises when the database is at fault."""
        try:
            await self._try(id)
        except Exception as error:
            if is_outage(error):
                raise
            await self._note(id, error)

    async def _begin(self) -> UUID | None:
        async with self._database.work() as work:
            row = (await work.session.execute(self._due(work.now))).first()
            if row is None:
                return None
            await count_attempt(work, self._database.tables, row.id, row.attempts)
            await work.commit()
            id: UUID = row.id
            return id

    async def _try(self, id: UUID) -> None:
        parked = self._database.tables.parked
        async with self._database.work() as work:
            body = await work.session.scalar(select(parked.c.body).where(parked.c.id == id).with_for_update())
            if body is None:
                return  # an operator has given it up meanwhile
            numbers.retried(self._database.service, type_of(body))
            handled = await self._effects.of_unseen(work, [decode(body)])
            await work.session.execute(delete(parked).where(parked.c.id == id))
            await work.commit()
        self._effects.count(handled)
        log.info("event handled after failure", key=str(id))

    async def _note(self, id: UUID, error: Exception) -> None:
        async with self._database.work() as work:
            await note_failed_attempt(work, self._database.tables, id, error)
            parked = self._database.tables.parked
            type_name = await work.session.scalar(select(parked.c.type).where(parked.c.id == id))
            await work.commit()
        numbers.attempt_failed(self._database.service, type_name, error)

    def _due(self, now: datetime) -> Select[tuple[UUID, int]]:
        """The first event of a subject, if its time has come or it only waits; many that wait keep no other waiting."""
        parked = self._database.tables.parked
        earlier = parked.alias("earlier")
        is_first = ~(
            select(earlier.c.id)
            .where(
                ~earlier.c.outgoing,
                earlier.c.source == parked.c.source,
                earlier.c.subject == parked.c.subject,
                earlier.c.sequence < parked.c.sequence,
            )
            .exists()
        )
        has_come = or_(parked.c.retry_at <= now, parked.c.retry_at > now + longest_pause())
        due = or_(parked.c.state == State.WAITING, and_(parked.c.state == State.RETRYING, has_come))
        return (
            select(parked.c.id, parked.c.attempts)
            .where(~parked.c.outgoing, parked.c.event_id.is_not(None), due, is_first)
            .order_by(parked.c.retry_at.nulls_last(), parked.c.sequence)
            .limit(1)
            .with_for_update(skip_locked=True, of=parked)
        )
