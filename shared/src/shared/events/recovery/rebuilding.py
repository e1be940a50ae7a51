"""Rebuilds a projection (read model) from the journal beside the live tables, and swaps the tables without downtime.

The journal is written in the transactions in which the live tables are written, so it holds exactly the events that
those follow from. It is folded in memory, and the values are copied into shadow tables, while the live ones are written
and read as before. For the last events appending is blocked; then the tables are swapped in one transaction.
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
"""With so few events left, appending may be blocked while they are folded."""
HOLD_AT_MOST = "5s"
"""How long the swap waits for its locks, and how long a statement of it may take. Events come again later; readers wait
no longer than this."""
PASSES = 20
"""After so many passes over the events that came meanwhile, appending is blocked however many are left."""
COPY_WITHIN = 600.0
"""Seconds that copying all values may take."""


class NotRebuilt(Exception):
    """The rebuild was abandoned; the live tables are as they were. The message says why, and what can be done."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What was looked up before anything is folded."""

    position: int
    """The end of the journal at the beginning; data that it lacked up to there have been filled in from the log."""
    old: Old


async def rebuild(database: Database, projection: Projection, amqp_url: str) -> int:
    """Fold the events that the service has received anew, and replace the live tables with the result; returns how many
    events those were.

    The broker is asked only where the journal may lack something. Raises `NotRebuilt` when another rebuild is running,
    or when it cannot be known which events the live tables follow from; and whatever the database, the broker or a step
    raises. Then nothing has changed.
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
    """Fill the journal from the log where it lacks the data of events. Raises `NotRebuilt` where the log lacks them
    too."""
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
    """The events from before the deduplication window, as far as the log still has them."""
    async with database.work() as work:
        since = remembered_since(work.now)
        began = await there_since(work)
    if began is None or began >= since or await reads_for_the_first_time(database):
        return Old()
    async with await connect(amqp_url, timeout=10) as broker:
        return await filling.old_in_log(database, broker, projection.types, since)


async def _out_of_order(database: Database, projection: Projection, forgotten: Sequence[Noted]) -> set[Subject]:
    """The subjects of which a later event stands before an earlier one."""
    order = Order()
    found = {event.of for event in forgotten if not order.is_kept_by(event)}
    async with database.work() as work:
        async for events in journal.read(work, projection.types, 0, await journal.end_of(work)):
            found |= {event.of for event in events if not order.is_kept_by(event)}
    return found


class _Values:
    """The values under each key while the journal is folded."""

    def __init__(self, projection: Projection) -> None:
        self._foldings = {type_name: projection.of(type_name) for type_name in projection.types}
        self.now: dict[Shelf[Any], dict[Hashable, Any]] = {shelf: {} for shelf in projection.shelves}
        self.copied: dict[Shelf[Any], dict[Hashable, Any]] = {shelf: {} for shelf in projection.shelves}
        """The values that the shadow tables have."""

    def fold(self, told: Noted) -> None:
        """Apply all steps for an event, or none if one raises. Raises what a step raises."""
        made: dict[tuple[Shelf[Any], Hashable], Any] = {}
        for folding in self._foldings[told.type]:
            event = read(told.type, told.data, folding.event)
            shelf, key = folding.shelf, folding.step.key(event)
            before = made[shelf, key] if (shelf, key) in made else self.now[shelf].get(key)
            made[shelf, key] = folding.step.function(before, event)
        for (shelf, key), value in made.items():
            self.now[shelf][key] = value

    def uncopied(self, shelf: Shelf[Any]) -> tuple[Mapping[Hashable, Any], Mapping[Hashable, Any]]:
        """The values that are missing in the shadow tables, and those that differ from them."""
        copied = self.copied[shelf]
        others = {key: value for key, value in self.now[shelf].items() if copied.get(key) is not value}
        new = {key: value for key, value in others.items() if key not in copied}
        return new, {key: value for key, value in others.items() if key in copied}


class _Rebuilding:
    """One run of `rebuild`. Events of the subjects in `held` are put off until all has been read, and then folded by
    their sequence numbers."""

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
        """Checks the order of subjects, as long as it is not known which are out of order."""
        self._position = 0
        """How far the journal has been read."""
        self._put_off: dict[Subject, list[Noted]] = {subject: [] for subject in held or ()}
        """Events that are about something of which no event has been folded yet (`NotHeardOf`), later events of their
        subjects, and those of held subjects."""
        self._not_heard_of: set[str] = set()
        """Words for what those events are about."""

    async def run(self) -> int:
        """Rebuild; returns the number of events. Raises `NotRebuilt`, and `OutOfOrder` unless the subjects to hold were
        given."""
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
        """Create empty tables in the schema for rebuilding, with the names of the live ones."""
        async with self._shadow.work() as work:
            connection = await work.session.connection()
            for table in reversed(self._projection.tables):
                await work.session.execute(text(f"drop table if exists {self._name(table)} cascade"))
            for table in self._projection.tables:
                await connection.run_sync(table.create)
            await work.commit()

    async def _read_on(self) -> int:
        """Fold the journal up to its present end; returns how many events those were."""
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
        """Fold events, and put off those that must wait; returns how many were given."""
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
        """Fold what was put off, as long as one event brings what another waits for; of each subject the lowest number
        first."""
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
        """Raise `NotRebuilt` if records were deleted between the reading of the log and that of the journal."""
        async with self._database.work() as work:
            if gone := await not_had(work, work.tables, self._found.old.remembered):
                raise NotRebuilt(
                    f"the records of {len(gone)} events were deleted while this was being read: begin it once more"
                )

    async def _require_told(self, work: UnitOfWork) -> None:
        """Raise `NotRebuilt` if an older worker, which writes no journal, has received events meanwhile."""
        if untold := await journal.lacking_in(work, after=self._found.position):
            raise NotRebuilt(
                f"an older worker has received {len(untold)} events meanwhile and has not kept what they said:"
                " stop it, and begin this once more"
            )

    async def _copy(self) -> None:
        """Copy all values into the empty shadow tables."""
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
        """Write to the shadow tables what has changed since they were copied."""
        for shelf in self._projection.shelves:
            new, changed = self._values.uncopied(shelf)
            await shelf.write(work.session, new, changed, schema=rebuild_schema(self._database.service))

    async def _swap(self, work: UnitOfWork) -> None:
        """Drop the live tables and move the shadow tables to their place."""
        service = self._database.service
        live = ", ".join(f'{service}."{table.name}"' for table in self._projection.tables)
        await work.session.execute(text(f"drop table {live}"))
        for table in self._projection.tables:
            await work.session.execute(text(f"alter table {self._name(table)} set schema {service}"))

    def _name(self, table: Table) -> str:
        return f'{rebuild_schema(self._database.service)}."{table.name}"'


async def _driver_of(work: UnitOfWork) -> asyncpg.Connection:
    """The asyncpg connection of a unit of work: only asyncpg can COPY."""
    driver = (await (await work.session.connection()).get_raw_connection()).driver_connection
    assert isinstance(driver, asyncpg.Connection)
    return driver


async def _hold_still(work: UnitOfWork) -> None:
    """Keep all workers from appending to the journal, and so from giving events their effect, until this work is over;
    reading goes on."""
    await work.session.execute(text(f"set local lock_timeout = '{HOLD_AT_MOST}'"))
    await work.session.execute(text(f"set local statement_timeout = '{HOLD_AT_MOST}'"))
    await work.session.execute(text(f"lock table {work.tables.received.fullname} in share mode"))


async def _end_of_journal(database: Database) -> int:
    """The position up to which the journal may be read. Appending is blocked for a moment, so that no open transaction
    can still commit a lower one."""
    async with database.work() as work:
        await _hold_still(work)
        return await journal.end_of(work)


@asynccontextmanager
async def _alone(database: Database, projection: Projection) -> AsyncIterator[None]:
    """Hold the lock of this projection's rebuild. Raises `NotRebuilt` when another process has it."""
    async with database.work() as guard:
        lock = text("select pg_try_advisory_xact_lock(hashtextextended(:name, 0))")
        name = f"praksis.rebuild.{database.service}.{projection.name}"
        if not await guard.session.scalar(lock, {"name": name}):
            raise NotRebuilt(f"{projection.name} is being rebuilt already: wait until that is done")
        async with kept_awake(guard):
            yield
