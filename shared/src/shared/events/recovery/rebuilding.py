"""Rebuilds a projection beside the live one from what the service has received, and puts it in its place.

The journal is appended in the transactions in which the live tables are written, so it tells exactly what those follow
from. It is folded in memory, and what that comes to is copied into shadow tables, while the live ones go on being
written and read. For the last of it nobody may append; then the tables change places in one transaction.
"""

from collections.abc import AsyncIterator, Collection, Hashable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
import structlog
from aio_pika import connect
from sqlalchemy import Table, text

from shared.contracts.upcasting import read
from shared.database import Database, rebuild_schema
from shared.errors import NotHeardOf
from shared.events import journal
from shared.events.awake import kept_awake
from shared.events.failures import Subject
from shared.events.journal import Noted
from shared.events.memory import remembered_since
from shared.events.projections import Projection
from shared.events.recovery import filling
from shared.events.recovery.filling import Old
from shared.events.recovery.generations import reads_for_the_first_time, there_since
from shared.events.recovery.order import Order, OutOfOrder
from shared.events.recovery.receipt_check import not_had
from shared.events.recovery.replay import Progress
from shared.events.shelves import Shelf
from shared.work import UnitOfWork

log = structlog.get_logger(__name__)

SHORT_TAIL = 500
"""So few events left make it worth holding the live tables still for the last of them."""
HOLD_AT_MOST = "5s"
"""How long the change waits for the live tables; events come again later, readers wait no longer than this."""
PASSES = 20
"""After so many readings of what came meanwhile, the live tables are held still however much is left."""
COPY_WITHIN = 600.0
"""Seconds for copying everything."""


class NotRebuilt(Exception):
    """The rebuilding was given up; the live tables are as they were. The message says why and what can be done."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What was found before anything is folded."""

    position: int
    """How far the journal had come; what stands there without a word of what it said was asked of the log."""
    old: Old


async def rebuild(database: Database, projection: Projection, amqp_url: str) -> int:
    """Fold what the service has received anew, and put that in the place of the live tables; returns how many events
    that were.

    The broker is asked only where the journal may lack something. Raises `NotRebuilt` when another rebuilding is under
    way or it cannot be known what the live tables follow from, and what the database, the broker or a step raise; then
    nothing has changed.
    """
    async with _alone(database, projection):
        position = await _end_of_journal(database)
        await _require_journal(database, projection, amqp_url)
        found = _Found(position, await _old_in_log(database, projection, amqp_url))
        try:
            events = await _Rebuilding(database, projection, found).run()
        except OutOfOrder:
            log.warning(
                "a subject was received in another order, and all is read once more", projection=projection.name
            )
            held = await _out_of_order(database, projection, found.old.forgotten)
            events = await _Rebuilding(database, projection, found, held).run()
    log.info("projection rebuilt", projection=projection.name, events=events)
    return events


async def _require_journal(database: Database, projection: Projection, amqp_url: str) -> None:
    """Fill the journal from the log where something was received before there was one. Raises `NotRebuilt`."""
    async with database.work() as work:
        lacking = await journal.lacking_in(work)
    if not lacking:
        return
    log.info("what was received before there was a journal is taken from the log", events=len(lacking))
    async with await connect(amqp_url, timeout=10) as broker:
        await filling.fill(database, broker)
    async with database.work() as work:
        if lacking := await journal.lacking_in(work):
            raise NotRebuilt(
                f"the log lacks {len(lacking)} events that the tables of {projection.name} know."
                " `praksis events reconcile` tells which are from the last two years, and `praksis events republish`"
                " sends those again; for what is older there is no way back into the log"
            )


async def _old_in_log(database: Database, projection: Projection, amqp_url: str) -> Old:
    """What has been had longer ago than is certain to be remembered, as far as the log tells of it."""
    async with database.work() as work:
        since = remembered_since(work.now)
        began = await there_since(work)
    if began is None or began >= since or await reads_for_the_first_time(database):
        return Old()
    async with await connect(amqp_url, timeout=10) as broker:
        return await filling.old_in_log(database, broker, projection.types, since)


async def _out_of_order(database: Database, projection: Projection, forgotten: Sequence[Noted]) -> set[Subject]:
    """The subjects of which a later event is met before an earlier one."""
    order = Order()
    found = {event.of for event in forgotten if not order.is_kept_by(event)}
    async with database.work() as work:
        async for events in journal.read(work, projection.types, 0, await journal.end_of(work)):
            found |= {event.of for event in events if not order.is_kept_by(event)}
    return found


class _Values:
    """What stands under each key while everything is folded."""

    def __init__(self, projection: Projection) -> None:
        self._foldings = {type_name: projection.of(type_name) for type_name in projection.types}
        self.now: dict[Shelf[Any], dict[Hashable, Any]] = {shelf: {} for shelf in projection.shelves}
        self.copied: dict[Shelf[Any], dict[Hashable, Any]] = {shelf: {} for shelf in projection.shelves}
        """What the shadow tables have."""

    def fold(self, told: Noted) -> None:
        """Let an event have its effect, all of it or nothing. Raises what a step raises."""
        made: dict[tuple[Shelf[Any], Hashable], Any] = {}
        for folding in self._foldings[told.type]:
            event = read(told.type, told.data, folding.event)
            shelf, key = folding.shelf, folding.step.key(event)
            before = made[shelf, key] if (shelf, key) in made else self.now[shelf].get(key)
            made[shelf, key] = folding.step.function(before, event)
        for (shelf, key), value in made.items():
            self.now[shelf][key] = value

    def uncopied(self, shelf: Shelf[Any]) -> tuple[Mapping[Hashable, Any], Mapping[Hashable, Any]]:
        """What is new since the shadow tables were written, and what has changed."""
        copied = self.copied[shelf]
        others = {key: value for key, value in self.now[shelf].items() if copied.get(key) is not value}
        new = {key: value for key, value in others.items() if key not in copied}
        return new, {key: value for key, value in others.items() if key in copied}


class _Rebuilding:
    """One run of `rebuild`: `held` are subjects whose events are taken when all has been read, by their number."""

    def __init__(
        self,
        database: Database,
        projection: Projection,
        found: _Found,
        held: Collection[Subject] | None = None,
    ) -> None:
        self._database = database
        self._shadow = database.shadow()
        self._projection = projection
        self._found = found
        self._progress = Progress(database, projection.name)
        self._values = _Values(projection)
        self._order = Order() if held is None else None
        """Watched until it is known whose order is broken."""
        self._position = 0
        """How far the journal has been read."""
        self._put_off: dict[Subject, list[Noted]] = {subject: [] for subject in held or ()}
        """What is about something that has not been heard of yet, and what follows it in its subject; what is held."""
        self._not_heard_of: set[str] = set()
        """What that is, in words."""

    async def run(self) -> int:
        """Rebuild; returns the number of events. Raises `OutOfOrder` too, unless it was told what to hold."""
        async with self._database.work() as work:
            total = len(self._found.old.forgotten) + await journal.count(work, self._projection.types)
        await self._progress.begin(total)
        await self._make_shadow()
        await self._progress.advance(self._take(self._found.old.forgotten))
        await self._read_on()
        await self._require_remembered()
        await self._copy()
        for _ in range(PASSES):
            if await self._read_on() <= SHORT_TAIL:
                break
        async with self._database.work() as work:
            await _hold_still(work)
            await self._read(work, await journal.end_of(work))
            self._require_all_taken()
            await self._require_told(work)
            await self._write(work)
            await self._swap(work)
            await work.commit()
        await self._progress.advance(0, finished=True)
        return self._progress.events

    async def _make_shadow(self) -> None:
        """Empty tables under the names of the live ones."""
        async with self._shadow.work() as work:
            connection = await work.session.connection()
            for table in reversed(self._projection.tables):
                await work.session.execute(text(f"drop table if exists {self._name(table)} cascade"))
            for table in self._projection.tables:
                await connection.run_sync(table.create)
            await work.commit()

    async def _read_on(self) -> int:
        """Fold on to the present end of the journal; returns how many events came on the way."""
        until = await _end_of_journal(self._database)
        async with self._database.work() as work:
            return await self._read(work, until)

    async def _read(self, work: UnitOfWork, until: int) -> int:
        taken = 0
        async for events in journal.read(work, self._projection.types, self._position, until):
            taken += self._take(events)
            await self._progress.advance(len(events))
        self._position = until
        self._try_again()
        return taken

    def _take(self, events: Sequence[Noted]) -> int:
        """Let events have their effect, and put off what must wait; returns how many there were."""
        for event in events:
            if (waiting := self._put_off.get(event.of)) is not None:
                waiting.append(event)
                continue
            try:
                self._values.fold(event)
            except NotHeardOf as error:
                self._not_heard_of.add(error.what)
                self._put_off[event.of] = [event]
                continue
            if self._order is not None and not self._order.is_kept_by(event):
                raise OutOfOrder
        return len(events)

    def _try_again(self) -> None:
        """Take what was put off, as long as one brings what another waits for; in a subject the lowest number first."""
        while self._put_off:
            before = [event for waiting in self._put_off.values() for event in waiting]
            self._put_off, self._not_heard_of = {}, set()
            self._take(sorted(before, key=lambda event: event.sequence))
            if sum(map(len, self._put_off.values())) == len(before):
                return

    def _require_all_taken(self) -> None:
        if waiting := sum(map(len, self._put_off.values())):
            raise NotRebuilt(
                "what has been received is about what the service has forgotten and the log does not tell of"
                f" ({', '.join(sorted(self._not_heard_of))}): {waiting} events wait for it, and this cannot be rebuilt"
            )

    async def _require_remembered(self) -> None:
        """Raise `NotRebuilt` where records were deleted between the reading of the log and that of the journal."""
        async with self._database.work() as work:
            if gone := await not_had(work, work.tables, self._found.old.remembered):
                raise NotRebuilt(
                    f"the records of {len(gone)} events were deleted while this was being read: begin it once more"
                )

    async def _require_told(self, work: UnitOfWork) -> None:
        """Raise `NotRebuilt` where an older worker, which keeps no journal, has received something meanwhile."""
        if untold := await journal.lacking_in(work, after=self._found.position):
            raise NotRebuilt(
                f"an older worker has received {len(untold)} events meanwhile and has not kept what they said:"
                " stop it, and begin this once more"
            )

    async def _copy(self) -> None:
        """Put everything into the shadow tables that is not there."""
        async with self._database.work() as work:
            await work.session.execute(text(f"set local statement_timeout = '{COPY_WITHIN:.0f}s'"))
            connection = await _driver_of(work)
            for shelf in self._projection.shelves:
                values = self._values.now[shelf]
                await connection.copy_records_to_table(
                    shelf.table.name,
                    schema_name=rebuild_schema(self._database.service),
                    columns=shelf.names,
                    records=shelf.records(values),
                    timeout=COPY_WITHIN,
                )
                self._values.copied[shelf] = dict(values)
            await work.commit()

    async def _write(self, work: UnitOfWork) -> None:
        """Bring the shadow tables to what has become of it since they were copied."""
        for shelf in self._projection.shelves:
            new, changed = self._values.uncopied(shelf)
            await shelf.write(work.session, new, changed, schema=rebuild_schema(self._database.service))

    async def _swap(self, work: UnitOfWork) -> None:
        """Put the shadow tables in the place of the live ones."""
        service = self._database.service
        live = ", ".join(f'{service}."{table.name}"' for table in self._projection.tables)
        await work.session.execute(text(f"drop table {live}"))
        for table in self._projection.tables:
            await work.session.execute(text(f"alter table {self._name(table)} set schema {service}"))

    def _name(self, table: Table) -> str:
        return f'{rebuild_schema(self._database.service)}."{table.name}"'


async def _driver_of(work: UnitOfWork) -> asyncpg.Connection:
    """The connection of a work as its driver knows it, which alone can copy."""
    driver = (await (await work.session.connection()).get_raw_connection()).driver_connection
    assert isinstance(driver, asyncpg.Connection)
    return driver


async def _hold_still(work: UnitOfWork) -> None:
    """Let nobody give an event its effect until this work is over; reading goes on."""
    await work.session.execute(text(f"set local lock_timeout = '{HOLD_AT_MOST}'"))
    await work.session.execute(text(f"set local statement_timeout = '{HOLD_AT_MOST}'"))
    await work.session.execute(text(f"lock table {work.tables.received.fullname} in share mode"))


async def _end_of_journal(database: Database) -> int:
    """How far the journal may be read: it is held still for a moment, since whoever was appending has ended then."""
    async with database.work() as work:
        await _hold_still(work)
        return await journal.end_of(work)


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
