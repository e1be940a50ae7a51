"""What is older than the memory of received events has no effect by itself: it may have had it before."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from aio_pika import Message, connect
from kernel_cases import Kernel, running
from sqlalchemy import MetaData, text

from shared.clock import FixedClock
from shared.contracts.intake.rounds import RoundOpened
from shared.database import Database
from shared.events.dead_letters import DeadLetters
from shared.events.envelope import Envelope, encode
from shared.events.handlers import Handlers
from shared.events.inbox import SUSPICIOUS, Inbox
from shared.events.memory import remembered_since
from shared.events.retries import Retries
from shared.events.topology import EVENTS, PARTITION_KEY, dead_letter_queue, declare_log, declare_shared
from shared.operations.commands import discard, retry
from shared.settings import REPLAY_MONTHS, REPLAY_WINDOW
from shared.tables import kernel_tables
from shared.work import UnitOfWork

NOW = datetime(2032, 3, 1, 12, tzinfo=UTC)
OLDEST = NOW - timedelta(days=730)
"""What happened then is remembered still."""
TOO_OLD = OLDEST - timedelta(microseconds=1)
ROUND = RoundOpened(round_id=uuid4(), programme="p", opens_at=NOW, closes_at=NOW)
Rows = list[tuple[object, ...]]


def happened(at: datetime, programme: str, sequence: int = 1) -> Envelope:
    """That a round was opened; its programme says which of them it is."""
    return Envelope(
        id=programme,
        source="intake",
        type=ROUND.type_name(),
        subject=ROUND.subject,
        sequence=sequence,
        time=at,
        correlation_id=uuid4(),
        causation_id=None,
        traceparent=None,
        data=ROUND.model_copy(update={"programme": programme}).model_dump(mode="json"),
    )


@dataclass(frozen=True)
class Service:
    """What arrives at it has no effect but that its programme is noted."""

    database: Database
    inbox: Inbox
    retries: Retries
    effects: list[str]

    async def take(self, *events: Envelope, deliveries: int = 0, from_log: bool = False) -> None:
        await self.inbox.handle_group([encode(each) for each in events], deliveries, from_log=from_log)

    async def kept(self) -> Rows:
        statement = text("select event_id, state, reason, attempts from intake.parked order by sequence")
        async with self.database.work() as work:
            return [tuple(row) for row in await work.session.execute(statement)]

    async def act(self, deed: Callable[..., Awaitable[None]], number: int, *words: str) -> None:
        """Let an operator do something about one of those that are kept."""
        async with self.database.work() as work:
            ids = (await work.session.scalars(text("select id from intake.parked order by sequence"))).all()
            await deed(work, ids[number], *words)
            await work.commit()

    def let_pass(self, time: timedelta) -> None:
        clock = self.database.clock
        assert isinstance(clock, FixedClock)
        clock.instant += time


@pytest.fixture
async def service(database: Database) -> AsyncIterator[Service]:
    tables = kernel_tables(MetaData(schema="intake"))
    own = Database(database.dsn, service="intake", tables=tables, clock=FixedClock(NOW))
    handlers, effects = Handlers(), list[str]()

    @handlers(RoundOpened)
    async def note(event: RoundOpened, work: UnitOfWork) -> None:
        effects.append(event.programme)

    inbox = Inbox(database=own, handlers=handlers)
    yield Service(own, inbox, Retries(database=own, handlers=handlers), effects)
    await own.close()


PARKED = ("parked", "TooOld", 1)


def test_what_can_be_replayed_is_what_is_remembered() -> None:
    assert remembered_since(NOW) == OLDEST == NOW - REPLAY_WINDOW
    assert timedelta(days=365) * REPLAY_MONTHS / 12 == REPLAY_WINDOW


async def test_what_is_older_than_the_memory_has_no_effect_and_what_is_just_as_old_has(service: Service) -> None:
    await service.take(replace(happened(TOO_OLD, "old"), subject="round/2"), happened(OLDEST, "young"))
    assert (service.effects, await service.kept()) == (["young"], [("old", *PARKED)])


async def test_what_has_been_had_and_is_remembered_all_the_same_is_not_parked(service: Service) -> None:
    await service.take(happened(OLDEST, "had"))
    service.let_pass(timedelta(days=20))
    await service.take(happened(OLDEST, "had"))
    await service.take(happened(OLDEST, "had"), deliveries=SUSPICIOUS)
    assert (service.effects, await service.kept()) == (["had"], [])


async def test_no_way_in_lets_it_through(service: Service) -> None:
    """Neither behind another of its subject, nor where one of a group may have ended the process."""
    old = [happened(TOO_OLD, f"old {number}", number) for number in (1, 2, 3)]
    await service.take(*old)
    other = [replace(each, id=f"other {each.sequence}", subject="round/2", sequence=each.sequence + 3) for each in old]
    await service.take(*other, deliveries=SUSPICIOUS)
    known = [(f"{name} {number}", *PARKED) for name in ("old", "other") for number in (1, 2, 3)]
    assert (service.effects, await service.kept()) == ([], known)
    await service.act(discard, 0, "an operator", "had before")
    assert await service.retries.retry_next() is None
    assert (service.effects, await service.kept()) == ([], known[1:])


async def test_an_operator_may_let_it_have_its_effect_and_what_is_younger_follows(service: Service) -> None:
    await service.take(happened(TOO_OLD, "old", 1), happened(OLDEST, "young", 2))
    assert await service.kept() == [("old", *PARKED), ("young", "waiting", None, 0)]
    await service.act(retry, 0, "an operator")
    while await service.retries.retry_next() is not None:
        pass
    assert (service.effects, await service.kept()) == (["old", "young"], [])


async def test_what_a_service_reads_in_the_log_for_the_first_time_has_its_effect_however_old(service: Service) -> None:
    await service.take(happened(TOO_OLD, "old"), from_log=True)
    assert (service.effects, await service.kept()) == (["old"], [])


async def test_what_the_broker_gives_up_on_is_not_tried_when_it_is_too_old(service: Service, vhost: str) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(DeadLetters(database=service.database, amqp_url=vhost).run(stop))
    async with await connect(vhost, timeout=10) as connection, asyncio.timeout(20):
        channel = await connection.channel()
        await declare_shared(channel, "intake")
        for event in (happened(TOO_OLD, "old", 1), replace(happened(OLDEST, "young", 2), subject="round/2")):
            await channel.default_exchange.publish(Message(encode(event)), dead_letter_queue("intake"))
        while len(await service.kept()) < 2:
            await asyncio.sleep(0.05)
    stop.set()
    await running
    assert await service.kept() == [("old", "parked", "TooOld", 3), ("young", "retrying", "GivenUp", 3)]


async def test_a_new_service_has_all_of_the_log_and_later_only_what_is_remembered(
    database: Database, vhost: str
) -> None:
    """By a real broker, since the inbox tells the two by the way they come."""
    kernel = Kernel(database, vhost)
    old = datetime.now(UTC) - REPLAY_WINDOW - timedelta(days=1)
    async with await connect(vhost, timeout=10) as connection:
        channel = await connection.channel()
        await declare_log(channel)
        events = await channel.get_exchange(EVENTS)
        first, second = happened(old, "in the log", 1), happened(old, "later", 2)
        await events.publish(Message(encode(first), headers={PARTITION_KEY: first.subject}), first.routing_key)
        async with running(kernel):
            await kernel.until_effects("in the log")
            await events.publish(Message(encode(second), headers={PARTITION_KEY: second.subject}), second.routing_key)

            async def parked() -> bool:
                return bool(await kernel.rows("select 1 from intake.parked"))

            await kernel.until(parked)
    assert await kernel.rows("select event_id, state, reason, attempts from intake.parked") == [("later", *PARKED)]
    assert await kernel.effects() == ["in the log"]
