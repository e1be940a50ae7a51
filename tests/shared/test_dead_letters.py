"""What the broker has given up on is dropped by nobody, however often its reader dies with it."""

import asyncio

from aio_pika import DeliveryMode, Message, connect
from aio_pika.abc import AbstractIncomingMessage

from shared.events.topology import DEAD, dead_letter_queue, declare_dead_letters

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
