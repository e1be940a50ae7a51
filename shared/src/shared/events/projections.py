"""Rebuilds what a service has learned from events, beside the live tables, and puts the new ones in their place.

The steps of a projection are pure, and what they come to goes to its tables alone. So the same steps can fill shadow
tables from the log while the live ones go on being read and written. The shadow follows the live tables: it
takes an event only when the live ones have had it, so that at the moment of the change both tell the same facts, and
every event is in either both or neither. What stands in the log before that which it is about, is taken after it.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

import structlog
from aio_pika import connect
from aio_pika.abc import AbstractConnection
from sqlalchemy import Table, insert, text

from shared.database import Database, rebuild_schema
from shared.errors import NotHeardOf
from shared.events.awake import kept_awake
from shared.events.effects import Effects
from shared.events.envelope import Envelope, decode
from shared.events.failures import Subject, edited_among, given_up_among, seen_among
from shared.events.generations import reads_for_the_first_time
from shared.events.handlers import Folding, Handlers
from shared.events.log_order import Order, OutOfOrder, readable, subject_of, subjects_out_of_order
from shared.events.log_stream import FIRST, read_log_on
from shared.events.memory import is_too_old, remembered_since
from shared.events.receipt_check import not_had
from shared.events.replay import Progress, wanted
from shared.events.shelves import Shelf
from shared.work import UnitOfWork

log = structlog.get_logger(__name__)

SHORT_TAIL = 500
"""So few events left make it worth holding the live tables still for the last of them."""
HOLD_AT_MOST = "5s"
"""How long the change waits for the live tables; events come again later, readers wait no longer than this."""
PASSES = 20
"""After so many readings of what came meanwhile, the live tables are held still however much is left."""
LOOK_EVERY = 0.1
LOOKS = 20
"""Seconds between looks, and their number, until the log has what the live tables have had a moment ago."""


class Projection:
    """Tables that follow from events alone: what is folded, and on which shelves it stands."""

    def __init__(self, name: str, *shelves: Shelf[Any]) -> None:
        self.name = name
        self.tables: tuple[Table, ...] = tuple(shelf.table for shelf in shelves)
        self.handlers = Handlers(Folding(shelf, step) for shelf in shelves for step in shelf.fold.steps)


class NotRebuilt(Exception):
    """The rebuilding was given up; the live tables are as they were. The message says why and what can be done."""


async def rebuild(database: Database, projection: Projection, handlers: Handlers, amqp_url: str) -> int:
    """Fill shadow tables from the log and put them in the place of the live ones; returns the number of events.

    `handlers` are all of the service: its memory of what it has seen does not say which event was for whom. Raises
    `NotRebuilt` when another rebuilding is under way or the log lacks what the live tables have had, and what the
    database, the broker or a handler raise; then nothing has changed.
    """
    async with _alone(database, projection), await connect(amqp_url, timeout=10) as broker:
        try:
            events = await _Rebuilding(database, projection, handlers, broker).run()
        except OutOfOrder:
            log.warning("the log stands in another order, and is read once more", projection=projection.name)
            held = await subjects_out_of_order(broker, handlers)
            events = await _Rebuilding(database, projection, handlers, broker, held).run()
    log.info("projection rebuilt", projection=projection.name, events=events)
    return events


class _Rebuilding:
    """One run of `rebuild`: `held` are subjects whose events are taken when all of the log has been read, in order."""

    def __init__(
        self,
        database: Database,
        projection: Projection,
        handlers: Handlers,
        broker: AbstractConnection,
        held: Collection[Subject] | None = None,
    ) -> None:
        self._database = database
        self._shadow = database.shadow()
        self._effects = Effects(self._shadow, projection.handlers)
        self._projection = projection
        self._handlers = handlers
        self._broker = broker
        self._progress = Progress(database, projection.name)
        self._order = Order() if held is None else None
        """Watched until it is known whose order is broken."""
        self._remembers_all = False
        self._next: str | int = FIRST
        self._not_had: list[Envelope] = []
        """What the live tables have not had yet."""
        self._put_off: dict[Subject, list[Envelope]] = {subject: [] for subject in held or ()}
        """What is about something that has not been heard of yet, and what follows it in its subject; what is held."""
        self._not_heard_of: set[str] = set()
        """What that is, in words."""

    async def run(self) -> int:
        """Rebuild; returns the number of events. Raises `OutOfOrder` too, unless it was told what to hold."""
        await self._progress.begin()
        self._remembers_all = await reads_for_the_first_time(self._database)
        await self._make_shadow()
        for _ in range(PASSES):
            if await self._read_on() <= SHORT_TAIL:
                break
        await self._meet_what_nobody_reacts_to()
        async with self._database.work() as work:
            await _hold_still(work, self._database)
            await self._read_to_the_end()
            await self._swap(work)
            await work.commit()
        await self._progress.advance(0, finished=True)
        return self._progress.events

    async def _make_shadow(self) -> None:
        """Empty tables under the names of the live ones, and an empty memory of what has been seen."""
        tables = [*self._projection.tables, self._database.tables.received]
        async with self._shadow.work() as work:
            connection = await work.session.connection()
            for table in reversed(tables):
                await work.session.execute(text(f"drop table if exists {self._name(table)} cascade"))
            for table in tables:
                await connection.run_sync(table.create)
            await work.commit()

    async def _read_on(self) -> int:
        """Bring the shadow up to the present end of the log; returns how many events came on the way."""
        before = self._progress.events
        await self._take([])
        async for entries in read_log_on(self._broker, self._next):
            self._next = entries[-1].offset + 1
            await self._take([each for entry in wanted(entries, self._handlers, FIRST) if (each := readable(entry))])
        await self._try_again()
        return self._progress.events - before

    async def _read_to_the_end(self) -> None:
        """Bring the shadow to where the live tables stand, which are held still meanwhile."""
        for _ in range(LOOKS):
            await self._read_on()
            if not (missing := await self._missing()):
                return
            await asyncio.sleep(LOOK_EVERY)
        raise NotRebuilt(self._reason(missing))

    def _reason(self, missing: Sequence[UUID]) -> str:
        waiting = {envelope.identity for envelopes in self._put_off.values() for envelope in envelopes}
        if lacking := len(set(missing) - waiting):
            return (
                f"the log lacks {lacking} events that the tables of {self._projection.name} know."
                " `praksis events reconcile` tells which are from the last two years, and `praksis events republish`"
                " sends those again; for what is older there is no way back into the log"
            )
        return (
            f"events in the log are about what it does not tell of ({', '.join(sorted(self._not_heard_of))}):"
            f" {len(waiting)} wait for it. `praksis events republish` sends that again if it is from the last two"
            " years, and else this cannot be rebuilt"
        )

    async def _meet_what_nobody_reacts_to(self) -> None:
        """Of what the shadow has not met, note what the log has: the service had it when it still reacted to it."""
        missing = set(await self._missing())
        if not missing:
            return
        met, wanted_keys = set[UUID](), {event.routing_key() for event in self._handlers.events}
        async for entries in read_log_on(self._broker, FIRST):
            others = [readable(entry) for entry in entries if entry.routing_key not in wanted_keys]
            met |= missing & {envelope.identity for envelope in others if envelope is not None}
        if met:
            async with self._shadow.work() as work:
                rows = [{"identity": each} for each in met]
                await work.session.execute(insert(self._database.tables.received).values(rows))
                await work.commit()

    async def _missing(self) -> list[UUID]:
        """The events that the service has had and the shadow has not met in the log, however long ago that was."""
        service = self._database.service
        shadow = rebuild_schema(service)
        statement = text(
            f"select identity from {service}.received as had where"  # noqa: S608 (our own names)
            f" not exists (select from {shadow}.received as met where met.identity = had.identity)"
            f" and not exists (select from {shadow}.received as met join {service}.received as same using (identity)"
            " where same.told_id = had.told_id)"
            f" and not exists (select from {service}.intervention as deed where deed.action = 'discard'"
            " and (deed.identity = had.identity or deed.event_id = had.told_id::text))"
        )
        async with self._database.work() as work:
            return list(await work.session.scalars(statement))

    async def _take(self, envelopes: Sequence[Envelope]) -> None:
        """Give the shadow what the live tables have had; the rest later.

        One look tells of all of them, so what the live tables have had without an earlier one of its subject, they had
        before that: it went on past it.
        """
        coming = [*self._not_had, *envelopes]
        if not coming:
            return
        ids = [envelope.identity for envelope in coming]
        async with self._database.work() as work:
            seen = await seen_among(work, self._database.tables, ids)
            seen |= await self._forgotten_among(work, [each for each in coming if each.identity not in seen])
            given_up = await given_up_among(work, self._database.tables, ids)
            edited = await edited_among(work, self._database.tables, ids)
        self._not_had = [envelope for envelope in coming if envelope.identity not in seen]
        await self._give(
            [
                replace(envelope, data=decode(edited[identity]).data) if identity in edited else envelope
                for envelope in coming
                if (identity := envelope.identity) in seen and identity not in given_up
            ]
        )

    async def _forgotten_among(self, work: UnitOfWork, envelopes: Sequence[Envelope]) -> set[UUID]:
        """Those of the events not seen that the live tables have had all the same, longer ago than is remembered: what
        is so old and has not been had, is parked."""
        since = remembered_since(work.now)
        old = [envelope.identity for envelope in envelopes if is_too_old(envelope, since)]
        if not old or self._remembers_all:
            return set()
        return await not_had(work, self._database.tables, old)

    async def _give(self, envelopes: Sequence[Envelope]) -> None:
        """Give the shadow these, together where that can be done, and put off what must wait."""
        free = [envelope for envelope in envelopes if not self._let_wait(envelope)]
        if not free:
            return
        try:
            async with self._shadow.work() as work:
                self._require_order(await self._effects.of_unseen(work, free))
                await work.commit()
        except NotHeardOf:
            free = await self._give_each(free)
        await self._progress.advance(len(free))

    async def _give_each(self, envelopes: Sequence[Envelope]) -> list[Envelope]:
        """Give the shadow these one by one; returns those that it has taken."""
        taken: list[Envelope] = []
        async with self._shadow.work() as work:
            for envelope in envelopes:
                if self._let_wait(envelope):
                    continue
                try:
                    async with work.session.begin_nested():
                        handled = await self._effects.of_unseen(work, [envelope])
                    self._require_order(handled)
                    taken.append(envelope)
                except NotHeardOf as error:
                    self._not_heard_of.add(error.what)
                    self._put_off[subject_of(envelope)] = [envelope]
            await work.commit()
        return taken

    def _require_order(self, handled: Sequence[Envelope]) -> None:
        if self._order is not None and not all(self._order.is_kept_by(envelope) for envelope in handled):
            raise OutOfOrder

    def _let_wait(self, envelope: Envelope) -> bool:
        """Let it wait where an earlier one of its subject does; tells whether it does."""
        waiting = self._put_off.get(subject_of(envelope))
        if waiting is not None:
            waiting.append(envelope)
        return waiting is not None

    async def _try_again(self) -> None:
        """Give the shadow what was put off, as long as one brings what another waits for.

        In a subject the lowest number is the first, as in the inbox: what was sent again stands in the log behind what
        followed it.
        """
        while self._put_off:
            before = [envelope for waiting in self._put_off.values() for envelope in waiting]
            self._put_off, self._not_heard_of = {}, set()
            await self._give(sorted(before, key=lambda envelope: envelope.sequence))
            if sum(map(len, self._put_off.values())) == len(before):
                return

    async def _swap(self, work: UnitOfWork) -> None:
        """Put the shadow tables in the place of the live ones."""
        service = self._database.service
        live = ", ".join(f'{service}."{table.name}"' for table in self._projection.tables)
        await work.session.execute(text(f"drop table {live}"))
        for table in self._projection.tables:
            await work.session.execute(text(f"alter table {self._name(table)} set schema {service}"))
        await work.session.execute(text(f"drop table {self._name(self._database.tables.received)}"))

    def _name(self, table: Table) -> str:
        return f'{rebuild_schema(self._database.service)}."{table.name}"'


async def _hold_still(work: UnitOfWork, database: Database) -> None:
    """Let nobody give an event its effect until this work is over; reading goes on."""
    received = database.tables.received
    await work.session.execute(text(f"set local lock_timeout = '{HOLD_AT_MOST}'"))
    await work.session.execute(text(f"set local statement_timeout = '{HOLD_AT_MOST}'"))
    await work.session.execute(text(f'lock table {database.service}."{received.name}" in share mode'))


@asynccontextmanager
async def _alone(database: Database, projection: Projection) -> AsyncIterator[None]:
    """Raises `NotRebuilt` when another process rebuilds the same projection."""
    async with database.work() as guard:
        lock = text("select pg_try_advisory_xact_lock(hashtextextended(:name, 0))")
        name = f"praksis.rebuild.{database.service}.{projection.name}"
        if not await guard.session.scalar(lock, {"name": name}):
            raise NotRebuilt(f"{projection.name} is being rebuilt already: wait until that is done")
        async with kept_awake(guard):
            yield
