"""What a service had received before it kept a journal: the log tells of it, once, or its projection stays as it is."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from aio_pika import Message, connect
from capacity_cases import told

from intake.capacity.projection import CAPACITY
from intake.schema import tables
from intake.worker import handlers
from local.state import CHECKOUT
from shared.clock import SystemClock
from shared.contracts.base import Event
from shared.contracts.scheduling.capacity import CORPS
from shared.contracts.scheduling.courses import CourseOpened, TeamAssigned
from shared.database import Database
from shared.events.effects import Effects
from shared.events.envelope import Envelope, encode
from shared.events.recovery.generations import prepare_generation
from shared.events.recovery.log_stream import FIRST, read_log
from shared.events.recovery.rebuilding import NotRebuilt, rebuild
from shared.events.topology import EVENTS, LOG, PARTITION_KEY
from shared.migrations import upgrade

Rows = list[tuple[Any, ...]]
DAY = datetime.now(UTC).replace(microsecond=0) - timedelta(days=30)


def told_of(subject: str, event: Event) -> Envelope:
    """An event as scheduling has written it."""
    return Envelope(
        id=f"of {subject}",
        source="scheduling",
        type=event.type_name(),
        subject=subject,
        sequence=1,
        time=DAY,
        correlation_id=UUID(int=1),
        causation_id=None,
        traceparent=None,
        data=event.model_dump(mode="json"),
    )


def course(number: int) -> Envelope:
    opened = CourseOpened(
        course_id=str(UUID(int=100 + number)),
        application_id=str(UUID(int=number)),
        programme="long-course",
        programme_version=1,
        municipality="0390",
        daycares=(),
        phases=(),
        on=DAY.date(),
    )
    return told_of(f"course/{number}", opened)


FORECAST = told_of(f"corps/{CORPS}", told(DAY))
TEAM = told_of("course/9", TeamAssigned(course_id=str(UUID(int=109)), consultants=(), on=DAY.date()))
"""Intake reacts to this no more."""
RECEIVED = [course(1), TEAM, FORECAST, course(2)]
"""What has had its effect, in its order."""
GIVEN_UP = course(3)
KNOWN = ([UUID(int=1)], [UUID(int=2)])
"""The applications whose courses the forecast knows, and that which came after it."""


async def run(url: str, statement: str, *values: Any) -> Rows:
    connection = await asyncpg.connect(url)
    try:
        return [tuple(row) for row in await connection.fetch(statement, *values)]
    finally:
        await connection.close()


async def receive(url: str) -> None:
    """Let the service have received it all, each a minute after the other; the last was written first."""
    minutes = list(enumerate([*RECEIVED, GIVEN_UP]))
    for minute, envelope in reversed(minutes):
        had = "insert into intake.received (identity, received_at) values ($1, $2)"
        await run(url, had, envelope.identity, DAY + timedelta(minutes=minute))
    deed = (
        "insert into intake.intervention (id, identity, event_id, action, reason, operator, done_at, body)"
        " values (gen_random_uuid(), $1, $2, 'discard', 'wrong', 'gert', now(), $3)"
    )
    await run(url, deed, GIVEN_UP.identity, GIVEN_UP.id, encode(GIVEN_UP))
    forecast = encode(FORECAST).decode()
    known = "insert into intake.capacity_forecast values ($1, $2::json -> 'data', $3, $4)"
    await run(url, known, CORPS, forecast, *KNOWN)


async def logged(amqp_url: str) -> int:
    return sum([len(entries) async for entries in read_log(amqp_url, FIRST)])


async def send(amqp_url: str, *envelopes: Envelope) -> None:
    """Put these into the log, as scheduling's relay does, and wait until they stand there."""
    before = await logged(amqp_url)
    async with await connect(amqp_url, timeout=10) as broker:
        exchange = await (await broker.channel()).get_exchange(EVENTS, ensure=False)
        for envelope in envelopes:
            message = Message(encode(envelope), headers={PARTITION_KEY: envelope.subject})
            await exchange.publish(message, envelope.routing_key, timeout=10)
    async with asyncio.timeout(20):
        while await logged(amqp_url) < before + len(envelopes):
            await asyncio.sleep(0.05)


async def known(database: Database) -> Rows:
    return await run(database.dsn, "select counted, uncounted from intake.capacity_forecast")


@pytest.fixture
def upgraded(empty: Callable[[str], str]) -> str:
    """The address of an installation from before, brought up to date."""
    url = empty("intake")
    upgrade("intake", url, CHECKOUT, "0040")
    asyncio.run(receive(url))
    upgrade("intake", url, CHECKOUT)
    return url


@pytest.fixture
async def database(upgraded: str, vhost: str) -> AsyncIterator[Database]:
    """Of that installation, its queues and an empty log prepared."""
    database = Database(upgraded, service="intake", tables=tables, clock=SystemClock())
    await prepare_generation(database, vhost, handlers)
    yield database
    await database.close()


async def test_it_is_rebuilt_in_the_order_in_which_it_was_received(database: Database, vhost: str) -> None:
    await send(vhost, GIVEN_UP, *reversed(RECEIVED))
    assert await rebuild(database, CAPACITY, vhost) == 3
    assert await known(database) == [KNOWN]


async def test_what_is_received_afterwards_stands_behind_it_and_the_log_is_asked_no_more(
    database: Database, vhost: str
) -> None:
    await Effects(database, CAPACITY.handlers).of_all([course(4)])
    await send(vhost, *RECEIVED, GIVEN_UP)
    assert await rebuild(database, CAPACITY, vhost) == 4
    async with await connect(vhost, timeout=10) as broker:
        await (await broker.channel()).queue_delete(LOG)
    assert await rebuild(database, CAPACITY, vhost) == 4
    counted, uncounted = KNOWN
    assert await known(database) == [(counted, [*uncounted, UUID(int=4)])]


async def test_a_log_that_was_lost_before_is_said_to_lack_it_and_nothing_changes(
    database: Database, vhost: str
) -> None:
    await send(vhost, GIVEN_UP, *RECEIVED[1:])
    before = await run(database.dsn, "select * from intake.capacity_forecast")
    with pytest.raises(NotRebuilt, match="the log lacks 1 events that the tables of capacity know"):
        await rebuild(database, CAPACITY, vhost)
    assert await run(database.dsn, "select * from intake.capacity_forecast") == before
    await send(vhost, RECEIVED[0])
    assert await rebuild(database, CAPACITY, vhost) == 3
    assert await known(database) == [KNOWN]


@pytest.mark.parametrize(("service", "before"), [("intake", "0040"), ("scheduling", "0013"), ("reporting", "0013")])
def test_positions_follow_the_times_and_go_on_behind_them(
    empty: Callable[[str], str], service: str, before: str
) -> None:
    url = empty(service)
    upgrade(service, url, CHECKOUT, before)
    had = f"insert into {service}.received (identity, received_at) values ($1, $2)"
    for minute in (2, 3, 1):
        asyncio.run(run(url, had, UUID(int=minute), DAY + timedelta(minutes=minute)))
    upgrade(service, url, CHECKOUT)
    asyncio.run(run(url, had, UUID(int=4), DAY))
    rows = asyncio.run(run(url, f"select identity, position, data from {service}.received order by position"))
    assert rows == [(UUID(int=number), number, None) for number in (1, 2, 3, 4)]


@pytest.mark.parametrize(("service", "before"), [("intake", "0040"), ("scheduling", "0013"), ("reporting", "0013")])
def test_where_nothing_was_received_the_first_position_is_the_first(
    empty: Callable[[str], str], service: str, before: str
) -> None:
    url = empty(service)
    upgrade(service, url, CHECKOUT, before)
    upgrade(service, url, CHECKOUT)
    first = f"insert into {service}.received (identity) values (gen_random_uuid()) returning position"
    assert asyncio.run(run(url, first)) == [(1,)]
