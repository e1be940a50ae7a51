"""What the broker has given up on is dropped by nobody, however often its reader dies with it."""

import asyncio
from uuid import UUID

from aio_pika import DeliveryMode, Message, connect
from aio_pika.abc import AbstractIncomingMessage
from sqlalchemy import text

from shared.database import Database
from shared.events.dead_letters import DeadLetters
from shared.events.topology import DEAD, dead_letter_queue, declare_dead_letters, put_mark, put_tick

QUEUE = dead_letter_queue("intake")
MORE_THAN_A_BROKER_BEARS = 25
"""From 4.0 on, a quorum queue gives up after twenty deliveries by itself."""


async def take_and_die(vhost: str) -> AbstractIncomingMessage:
    async with await connect(vhost, timeout=10) as broker:
        arrived: asyncio.Queue[AbstractIncomingMessage] = asyncio.Queue()
        queue = await (await broker.channel()).get_queue(QUEUE, ensure=False)
        await queue.consume(arrived.put)
        return await asyncio.wait_for(arrived.get(), 10)


async def test_a_dead_letter_is_never_dropped(vhost: str) -> None:
    async with await connect(vhost, timeout=10) as broker:
        channel = await broker.channel()
        await declare_dead_letters(channel, "intake")
        exchange = await channel.get_exchange(DEAD, ensure=False)
        await exchange.publish(Message(b"given up", delivery_mode=DeliveryMode.PERSISTENT), QUEUE)
    for _ in range(MORE_THAN_A_BROKER_BEARS):
        assert (await take_and_die(vhost)).body == b"given up"


async def test_a_queue_of_an_older_brokers_time_is_taken_as_it_is(vhost: str) -> None:
    async with await connect(vhost, timeout=10) as broker:
        channel = await broker.channel()
        await channel.declare_queue(QUEUE, durable=True, arguments={"x-queue-type": "quorum"})
        await declare_dead_letters(channel, "intake")
        exchange = await channel.get_exchange(DEAD, ensure=False)
        await exchange.publish(Message(b"given up", delivery_mode=DeliveryMode.PERSISTENT), QUEUE)
    assert (await take_and_die(vhost)).body == b"given up"


async def test_what_calls_itself_a_mark_or_a_tick_is_a_dead_letter_as_any_other(database: Database, vhost: str) -> None:
    """Nobody puts one there: the reading of dead letters ended at a mark, for good and without a word."""
    async with await connect(vhost, timeout=10) as broker:
        channel = await broker.channel()
        await declare_dead_letters(channel, "intake")
        await put_mark(channel, QUEUE)
        await put_tick(channel, QUEUE, UUID(int=1))
        await channel.default_exchange.publish(Message(b"behind"), QUEUE, timeout=10)
    stop = asyncio.Event()
    running = asyncio.create_task(DeadLetters(database=database, amqp_url=vhost).run(stop))
    try:
        async with asyncio.timeout(20):
            while await parked(database) != [b"", b"behind"]:
                assert not running.done()
                await asyncio.sleep(0.05)
    finally:
        stop.set()
        await running


async def parked(database: Database) -> list[bytes]:
    async with database.work() as work:
        return list(await work.session.scalars(text("select body from intake.parked order by body")))
