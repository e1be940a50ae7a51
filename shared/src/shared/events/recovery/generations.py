"""Which queues a service's events are spread over, generation by generation.

A generation is a set of queues that is read from a start. Another number of queues, a queue that was lost, or a wish to
read the log again make a new one; the old one's queues get no more events, a mark behind their last, and are emptied
before the new ones are read. So the order of a subject holds across the change, and nothing falls in between: for a
moment both take events, and what is delivered twice has its effect once.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from aio_pika import connect
from aio_pika.abc import AbstractChannel, AbstractConnection
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
    """A set of queues; `undrained` are those that may still hold something.

    `replay_from` is set until the log has been read from there.
    """

    number: int
    partitions: int
    undrained: tuple[int, ...]
    declared_at: datetime | None
    replay_from: str | None


async def prepare_generation(
    database: Database, amqp_url: str, handlers: Handlers, partitions: int | None = None, replay_from: str | None = None
) -> Generation:
    """See to it that the service has queues: `partitions` of them, or as many as it has had.

    `replay_from` asks for the log to be read from there, before anything new. The first generation reads the log from
    its beginning, so that a service may join late. Idempotent, and taken up again where it was broken off. Raises
    `ValueError` for a start that is none or is still to come, and what the database or the broker raise.
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
            await preparing.declare(newest)  # else it is left as it is: what came by it now would overtake what is read
        lost = await has_lost_queues(broker, database.service, newest)
        wanted = partitions or newest.partitions
        if lost or replay_from or wanted != newest.partitions:
            return await preparing.begin(newest.number + 1, wanted, replay_from or (FIRST if lost else None))
        return newest


async def generations(database: Database) -> list[Generation]:
    """Those that may still hold something, or are the newest; the oldest first."""
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
    """Whether the service has joined late, and has not read all of the log yet."""
    return any(each.number == 1 and each.replay_from is not None for each in await generations(database))


async def note_drained(database: Database, generation: int, number: int) -> None:
    """Remember that a queue has been emptied for good."""
    partition = database.tables.partition
    async with database.work() as work:
        await work.session.execute(
            update(partition)
            .where(partition.c.generation == generation, partition.c.number == number)
            .values(drained_at=func.now())
        )
        await work.commit()


async def note_tick(database: Database, generation: int, number: int, tick: UUID) -> None:
    """Remember that all that stood before this tick in the queue has been dealt with."""
    partition = database.tables.partition
    row = partition.c.generation == generation, partition.c.number == number
    async with database.work() as work:
        await work.session.execute(update(partition).where(*row).values(tick=tick))
        await work.commit()


async def passed_by(database: Database, generation: int, tick: UUID) -> bool:
    """Whether all queues of a generation have been read as far as this tick."""
    partition = database.tables.partition
    behind = select(partition.c.number).where(
        partition.c.generation == generation, partition.c.tick.is_distinct_from(tick)
    )
    async with database.work() as work:
        return (await work.session.execute(behind.limit(1))).first() is None


async def is_drained(database: Database, generation: int, number: int) -> bool:
    """Whether a queue has been emptied for good."""
    partition = database.tables.partition
    row = select(partition.c.drained_at).where(partition.c.generation == generation, partition.c.number == number)
    async with database.work() as work:
        return await work.session.scalar(row) is not None


async def replay_once(database: Database, generation: int, replay: Callable[[], Awaitable[None]]) -> bool:
    """Read the log for a generation, unless another worker is at it or has done it; tells whether it has been read."""
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
    """When the service had queues for the first time, if it ever had."""
    first: datetime | None = await work.session.scalar(select(func.min(work.tables.generation.c.declared_at)))
    return first


async def has_lost_queues(broker: AbstractConnection, service: str, newest: Generation) -> bool:
    """Whether the newest generation lacks a queue: at the broker, or as one that was taken for emptied."""
    return len(newest.undrained) < newest.partitions or bool(await missing_queues(broker, service, newest))


async def missing_queues(broker: AbstractConnection, service: str, generation: Generation) -> list[int]:
    """Those of the undrained queues that the broker does not know."""
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
        """Note a new generation before anything of it exists, then make it real."""
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
        """Let events come to the newest generation, and to no older one.

        Queues that are missing are made only once, before anybody relies on them: later they are a loss to be noticed.
        """
        if newest.declared_at is not None and await has_lost_queues(self._broker, self._database.service, newest):
            return
        service, channel = self._database.service, await self._broker.channel()
        await declare_generation(channel, service, newest.number, newest.partitions, self._handlers)
        lost = False
        for old in await generations(self._database):
            if old.number < newest.number:
                lost = await self._retire(channel, old) or lost
        await self._note_declared(newest, FIRST if lost else newest.replay_from)

    async def _retire(self, channel: AbstractChannel, old: Generation) -> bool:
        gone = await retire_generation(channel, self._database.service, old.number, list(old.undrained))
        for number in gone:
            log.warning("queue lost", queue=service_queue(self._database.service, old.number, number))
            await note_drained(self._database, old.number, number)
        return bool(gone)

    async def _note_declared(self, newest: Generation, replay_from: str | None) -> None:
        generation = self._database.tables.generation
        async with self._database.work() as work:
            await work.session.execute(
                update(generation)
                .where(generation.c.number == newest.number, generation.c.declared_at.is_(None))
                .values(declared_at=func.now(), replay_from=replay_from)
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
    """The names of the queues that may hold something."""
    return tuple(service_queue(service, each.number, number) for each in of for number in each.undrained)
