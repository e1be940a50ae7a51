"""Generations of a service's queues: how the number of partitions is changed, and lost queues are replaced, in order.

A generation is a set of queues (partitions) over which subjects are spread. Another number of partitions, a lost queue,
or a wish to replay the log makes a new one. Then the old queues get no more events, a mark is put behind their last,
and they are drained before the new ones are consumed, so the order of a subject holds across the change. For a moment
events come to both: none falls in between, and what is delivered twice is deduplicated.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from aio_pika import connect
from aio_pika.abc import AbstractConnection
from aio_pika.exceptions import ChannelNotFoundEntity
from sqlalchemy import func, insert, select, text, update

from shared.clock import Clock
from shared.database import Database
from shared.events.awake import kept_awake
from shared.events.handlers import Handlers
from shared.events.recovery.log_stream import FIRST, NEW, parse_start
from shared.events.topology import declare_generation, declare_shared, retire_generation, service_queue
from shared.work import UnitOfWork

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Generation:
    """A set of queues. `partitions` is their number; `undrained` are the numbers of those that may still hold events.

    `declared_at` is when the broker had them all, None before. `replay_from` is the start from which the log must still
    be replayed, or None.
    """

    number: int
    partitions: int
    undrained: tuple[int, ...]
    declared_at: datetime | None
    replay_from: str | None


async def prepare_generation(
    database: Database, amqp_url: str, handlers: Handlers, partitions: int | None = None, replay_from: str | None = None
) -> Generation:
    """Make sure that the service has queues: `partitions` of them, or as many as it had before, or one. If the broker
    has lost a queue, a new generation replaces all of them.

    `replay_from` asks for the log to be replayed from there before new events are consumed. The first generation
    replays it from the beginning, so that a service may join late. Idempotent; a run that was broken off is continued
    by the next. Raises `ValueError` for a start that cannot be parsed or lies in the future, and what the database or
    the broker raise.
    """
    if replay_from is not None:
        _require_past(replay_from, database.clock)
    async with database.work() as guard, await connect(amqp_url, timeout=10) as broker:
        await _one_at_a_time(guard, database.service)
        await declare_shared(await broker.channel(), database.service)
        preparing = _Preparing(database, broker, handlers)
        newest = await preparing.newest()
        if newest is None:
            return await preparing.begin(1, partitions or 1, replay_from or FIRST)
        if newest.declared_at is None or replay_from is None:
            await preparing.declare(newest)  # else left as it is: new events by it would overtake the replayed ones
        lost = await has_lost_queues(broker, database.service, newest)
        wanted = partitions or newest.partitions
        if lost or replay_from or wanted != newest.partitions:
            return await preparing.begin(newest.number + 1, wanted, replay_from or (FIRST if lost else None))
        return newest


async def generations(database: Database) -> list[Generation]:
    """The generations that may still hold events, and the newest; the oldest first."""
    generation, partition = database.tables.generation, database.tables.partition
    async with database.work() as work:
        rows = (await work.session.execute(select(generation).order_by(generation.c.number))).all()
        left = await work.session.execute(
            select(partition.c.generation, func.array_agg(partition.c.number))
            .where(partition.c.drained_at.is_(None))
            .group_by(partition.c.generation)
        )
        undrained = {number: tuple(sorted(numbers)) for number, numbers in left}
    return [
        Generation(row.number, row.partitions, undrained.get(row.number, ()), row.declared_at, row.replay_from)
        for row in rows
        if row.number in undrained or row is rows[-1]
    ]


async def reads_for_the_first_time(database: Database) -> bool:
    """Whether the service has joined late and its first replay of the log is not finished."""
    return any(each.number == 1 and each.replay_from is not None for each in await generations(database))


async def note_drained(database: Database, generation: int, number: int) -> None:
    """Record that a queue of an old generation has been drained."""
    partition = database.tables.partition
    async with database.work() as work:
        await work.session.execute(
            update(partition)
            .where(partition.c.generation == generation, partition.c.number == number)
            .values(drained_at=func.now())
        )
        await work.commit()


async def note_lost(database: Database, generation: int, numbers: Sequence[int]) -> None:
    """Record that queues of an old generation are lost with all that they held. The newest generation, which nobody
    consumes before the old one has been drained, begins with a replay of the log then.

    A queue that has been drained meanwhile, and was deleted for that reason, is not lost: nothing changes.
    """
    table, partition = database.tables.generation, database.tables.partition
    lost = partition.c.generation == generation, partition.c.number.in_(numbers), partition.c.drained_at.is_(None)
    async with database.work() as work:
        noting = update(partition).where(*lost).values(drained_at=func.now()).returning(partition.c.number)
        for number in await work.session.scalars(noting):
            log.warning("queue lost", queue=service_queue(database.service, generation, number))
            newest = table.c.number == select(func.max(table.c.number)).scalar_subquery()
            await work.session.execute(update(table).where(newest).values(replay_from=FIRST, replayed_at=None))
        await work.commit()


async def note_tick(database: Database, generation: int, number: int, tick: UUID) -> None:
    """Record that everything before this tick in the queue has been handled."""
    partition = database.tables.partition
    row = partition.c.generation == generation, partition.c.number == number
    async with database.work() as work:
        await work.session.execute(update(partition).where(*row).values(tick=tick))
        await work.commit()


async def passed_by(database: Database, generation: int, tick: UUID) -> bool:
    """Whether all queues of a generation have been consumed as far as this tick."""
    partition = database.tables.partition
    behind = select(partition.c.number).where(
        partition.c.generation == generation, partition.c.tick.is_distinct_from(tick)
    )
    async with database.work() as work:
        return (await work.session.execute(behind.limit(1))).first() is None


async def is_drained(database: Database, generation: int, number: int) -> bool:
    """Whether a queue of an old generation has been drained."""
    partition = database.tables.partition
    row = select(partition.c.drained_at).where(partition.c.generation == generation, partition.c.number == number)
    async with database.work() as work:
        return await work.session.scalar(row) is not None


async def replay_once(database: Database, generation: int, replay: Callable[[], Awaitable[None]]) -> bool:
    """Replay the log for a generation, unless another worker does or has done it; returns whether it has been
    replayed."""
    table = database.tables.generation
    row = table.c.number == generation
    async with database.work() as guard:
        lock = text("select pg_try_advisory_xact_lock(hashtextextended(:name, 0))")
        if not await guard.session.scalar(lock, {"name": f"praksis.replay.{database.service}"}):
            return False
        if await guard.session.scalar(select(table.c.replay_from).where(row)) is None:
            return True
        async with kept_awake(guard):
            await replay()
        await guard.session.execute(update(table).where(row).values(replay_from=None, replayed_at=func.now()))
        await guard.commit()
    return True


async def there_since(work: UnitOfWork) -> datetime | None:
    """When the service's first queues were declared, or None."""
    first: datetime | None = await work.session.scalar(select(func.min(work.tables.generation.c.declared_at)))
    return first


async def has_lost_queues(broker: AbstractConnection, service: str, newest: Generation) -> bool:
    """Whether the newest generation lacks a queue: the broker does not have it, or it was recorded as drained."""
    return len(newest.undrained) < newest.partitions or bool(await missing_queues(broker, service, newest))


async def missing_queues(broker: AbstractConnection, service: str, generation: Generation) -> list[int]:
    """The numbers of those undrained queues that the broker does not have."""
    missing = []
    for number in generation.undrained:
        channel = await broker.channel()
        try:
            await channel.get_queue(service_queue(service, generation.number, number), ensure=True)
        except ChannelNotFoundEntity:
            missing.append(number)  # the broker has closed this channel
        else:
            await channel.close()
    return missing


class _Preparing:
    """One run of `prepare_generation`."""

    def __init__(self, database: Database, broker: AbstractConnection, handlers: Handlers) -> None:
        self._database = database
        self._broker = broker
        self._handlers = handlers

    async def newest(self) -> Generation | None:
        return next(reversed(await generations(self._database)), None)

    async def begin(self, number: int, partitions: int, replay_from: str | None) -> Generation:
        """Record a new generation in the database before any queue of it exists, then declare it."""
        tables = self._database.tables
        async with self._database.work() as work:
            values = {"number": number, "partitions": partitions, "replay_from": replay_from}
            await work.session.execute(insert(tables.generation).values(values))
            numbers = range(1, partitions + 1)
            rows = [{"generation": number, "number": each} for each in numbers]
            await work.session.execute(insert(tables.partition), rows)
            await work.commit()
        begun = Generation(number, partitions, tuple(numbers), None, replay_from)
        await self.declare(begun)
        return begun

    async def declare(self, newest: Generation) -> None:
        """Declare the newest generation, and retire all older ones.

        Missing queues are declared only as long as the generation is not recorded as declared: later, a missing queue
        is a loss that must be noticed.
        """
        if newest.declared_at is not None and await has_lost_queues(self._broker, self._database.service, newest):
            return
        service, channel = self._database.service, await self._broker.channel()
        await declare_generation(channel, service, newest.number, newest.partitions, self._handlers)
        for old in await generations(self._database):
            if old.number < newest.number:
                gone = await retire_generation(channel, service, old.number, list(old.undrained))
                await note_lost(self._database, old.number, gone)
        await self._note_declared(newest)

    async def _note_declared(self, newest: Generation) -> None:
        generation = self._database.tables.generation
        async with self._database.work() as work:
            await work.session.execute(
                update(generation)
                .where(generation.c.number == newest.number, generation.c.declared_at.is_(None))
                .values(declared_at=func.now())
            )
            await work.commit()


def _require_past(replay_from: str, clock: Clock) -> None:
    start = parse_start(replay_from)
    if start == NEW or (isinstance(start, datetime) and start > clock.now()):
        raise ValueError(f"nothing has happened yet from {replay_from} on: a replay begins in the past")


async def _one_at_a_time(guard: UnitOfWork, service: str) -> None:
    lock = text("select pg_advisory_xact_lock(hashtextextended(:name, 0))")
    await guard.session.execute(lock, {"name": f"praksis.generations.{service}"})


def queues(service: str, of: Sequence[Generation]) -> tuple[str, ...]:
    """The names of the undrained queues of these generations."""
    return tuple(service_queue(service, each.number, number) for each in of for number in each.undrained)
