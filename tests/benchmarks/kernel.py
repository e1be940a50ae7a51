"""All that the benchmark knows of the kernel, in one place: what changes there is followed here and nowhere else."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import asyncpg
from aio_pika import connect
from benchmarks.places import CONSUMER, SOURCE, Place
from benchmarks.waiting import until
from sqlalchemy import Table
from sqlalchemy.schema import CreateTable
from sqlmodel import Field, SQLModel

import reporting.schema
import scheduling.schema
from shared import telemetry
from shared.clock import SystemClock
from shared.contracts.scheduling.courses import PhaseStarted
from shared.database import Database
from shared.events.consumer import Consumer
from shared.events.consumption import PREFETCH, consume_groups
from shared.events.envelope import CONTENT_TYPE, Envelope, encode
from shared.events.handlers import Handlers
from shared.events.inbox import Inbox
from shared.events.projections import Projection
from shared.events.recovery.generations import prepare_generation
from shared.events.recovery.rebuilding import rebuild as rebuild_projection
from shared.events.relay import Relay
from shared.events.shelves import Shelf
from shared.events.topology import EVENTS, PARTITION_KEY, service_queue
from shared.folds import Fold
from shared.retention.retention import Retention
from shared.settings import PublicAddresses
from shared.work import UnitOfWork

__all__ = ["CONTENT_TYPE", "EVENTS", "PREFETCH", "PhaseStarted"]

ROUTING_KEY = PhaseStarted.routing_key()
RECEIVED = reporting.schema.tables.received
EVENTS_PER_SUBJECT = 10
_DAY = date(2030, 1, 1)


class StateRow(scheduling.schema.Row, table=True):
    """What the writer of the whole path keeps beside its event."""

    __tablename__ = "bench_state"

    course_id: UUID = Field(primary_key=True)
    phase: str = Field(primary_key=True)
    started_on: date


class EffectRow(reporting.schema.Row, table=True):
    """What every consumer makes of one event; the key lets no event have its effect twice."""

    __tablename__ = "bench_effect"

    course_id: UUID = Field(primary_key=True)
    phase: str = Field(primary_key=True)
    started_on: date


def _table(row: type[SQLModel]) -> Table:
    table: Table = row.__table__  # type: ignore[attr-defined]
    return table


STATE, EFFECT = _table(StateRow), _table(EffectRow)


@dataclass
class Counter:
    """How many events a handler has seen."""

    handled: int = 0


def configure(service: str) -> None:
    """Set up logs and traces as a worker does."""
    telemetry.configure(service, "bench")


def event(number: int, of: int) -> PhaseStarted:
    """The event of this number. Neighbours are about different subjects, as those of simultaneous writers are."""
    course = UUID(int=number % max(1, of // EVENTS_PER_SUBJECT))
    return PhaseStarted(course_id=course, phase=f"phase-{number:08}", on=_DAY)


def effect_of(started: PhaseStarted) -> EffectRow:
    """The row that stands for the event."""
    return EffectRow(course_id=started.course_id, phase=started.phase, started_on=started.on)


def source(place: Place) -> Database:
    """The database as the writing service has it."""
    return Database(place.source_url, service=SOURCE, tables=scheduling.schema.tables, clock=SystemClock())


def consumer(place: Place) -> Database:
    """The database as the reacting service has it."""
    return Database(place.consumer_url, service=CONSUMER, tables=reporting.schema.tables, clock=SystemClock())


async def make_tables(place: Place) -> None:
    """Make the benchmark's own tables, each with the role of its service, and the parts of the logs by month."""
    made: tuple[tuple[Database, Table], ...] = ((source(place), STATE), (consumer(place), EFFECT))
    for database, table in made:
        await Retention(database=database).look_ahead()
        async with database.work() as work:
            await work.session.execute(CreateTable(table))
            await work.commit()
        await database.close()


async def write(database: Database, numbers: Sequence[int], of: int, *, with_events: bool) -> None:
    """One unit of work as a request would have it: a row for each number, and its event."""
    with telemetry.tracer.start_as_current_span("write"):
        async with database.work() as work:
            for number in numbers:
                happened = event(number, of)
                row = StateRow(course_id=happened.course_id, phase=happened.phase, started_on=happened.on)
                work.session.add(row)
                if with_events:
                    work.publish(happened)
            await work.commit()


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An event as it leaves."""

    body: bytes
    headers: dict[str, str]


async def outgoing(place: Place) -> list[Outgoing]:
    """What the relay would send, in its order."""
    connection = await asyncpg.connect(place.source_url)
    try:
        rows = await connection.fetch(f"select * from {SOURCE}.event order by position")
    finally:
        await connection.close()
    return [Outgoing(encode(_envelope(row)), headers_of(row["subject"])) for row in rows]


def headers_of(subject: str) -> dict[str, str]:
    """What a message carries beside its body, so that it comes to the right queue."""
    return {PARTITION_KEY: subject}


def _envelope(row: asyncpg.Record) -> Envelope:
    columns = ("id", "type", "subject", "sequence", "time", "correlation_id", "causation_id", "traceparent")
    return Envelope(
        source=SOURCE, data=json.loads(row["data"]), **{name: row[name] for name in columns} | {"id": str(row["id"])}
    )


async def everything_confirmed(connection: asyncpg.Connection) -> bool:
    """Whether the broker has confirmed every event of the log."""
    found = await connection.fetchval(f"select exists (select from {SOURCE}.event where dispatched_at is null)")
    return not found


def queues(partitions: int = 1) -> tuple[str, ...]:
    """Those that hold what the consumer reacts to."""
    return tuple(service_queue(CONSUMER, 1, number) for number in range(1, partitions + 1))


async def declare(place: Place, partitions: int = 1) -> None:
    """Declare what the consumer needs of the broker, and let it find out that the log is empty.

    A service's first queues are read only after the log, as a service that joins late must; here it is there from the
    beginning.
    """
    database = consumer(place)
    await prepare_generation(database, place.amqp_url, reactions(Counter()), partitions)
    starting, stop = consuming(place, database, Counter()), asyncio.Event()
    running = asyncio.create_task(starting.run(stop))
    await until(lambda: is_consuming(starting), running)
    stop.set()
    await running
    await database.close()


def relay(place: Place, database: Database) -> Relay:
    """The relay of the writing service; it runs by `run(stop)`."""
    return Relay(database=database, amqp_url=place.amqp_url, home=PublicAddresses().home_of(SOURCE))


def is_leading(relaying: Relay) -> bool:
    """Whether a relay is ready for what is written."""
    return relaying.leads


@dataclass(frozen=True, slots=True)
class Effect:
    """What the projection keeps of one event."""

    course_id: UUID
    phase: str
    started_on: date


def projection(counter: Counter) -> Projection:
    """One value per event, each under a key of its own: the most that a projection can be asked to write."""
    effects = Fold(Effect)

    @effects.on(PhaseStarted, key=lambda started: (started.course_id, started.phase))
    def note_phase(known: Effect | None, started: PhaseStarted) -> Effect:
        counter.handled += 1
        return Effect(started.course_id, started.phase, started.on)

    return Projection("bench", Shelf(effects, EffectRow))


def reactions(counter: Counter) -> Handlers:
    """The reacting service: a projection of one row per event."""
    return projection(counter).handlers


def decisions(counter: Counter) -> Handlers:
    """The reacting service where it does not fold but handles each event by itself: one row per event."""
    on = Handlers()

    @on(PhaseStarted)
    async def note_phase(started: PhaseStarted, work: UnitOfWork) -> None:
        work.session.add(effect_of(started))
        counter.handled += 1

    return on


def consuming(place: Place, database: Database, counter: Counter, *, decides: bool = False) -> Consumer:
    """What takes events to the reacting service; it runs by `run(stop)`. Where it `decides`, it folds nothing."""
    handlers = decisions(counter) if decides else reactions(counter)
    return Consumer(database=database, handlers=handlers, amqp_url=place.amqp_url)


def is_consuming(taking: Consumer) -> bool:
    """Whether it is ready for what is sent."""
    return taking.consuming


def inbox(database: Database, counter: Counter) -> Inbox:
    """What the reacting service does with a group: when its `handle_group` returns, the group has been committed."""
    return Inbox(database=database, handlers=reactions(counter))


async def consume_partition(
    place: Place, database: Database, counter: Counter, number: int, stop: asyncio.Event
) -> None:
    """What the inbox of a worker does whose share is this one queue."""
    async with await connect(place.amqp_url, timeout=10) as broker:
        deal_with = inbox(database, counter).handle_group
        await consume_groups(broker, service_queue(CONSUMER, 1, number), deal_with, stop)


async def rebuild(place: Place, database: Database) -> int:
    """Rebuild the effects beside the live ones and put them in their place; returns the number of events."""
    return await rebuild_projection(database, projection(Counter()), place.amqp_url)
