"""From the log to what the broker has confirmed: our relay, and a raw publisher of the same bodies."""

import asyncio
import time
from collections.abc import Iterator

import asyncpg
from aio_pika import DeliveryMode, Message, connect
from aio_pika.abc import AbstractExchange
from benchmarks import kernel
from benchmarks.child import Outcome, Parent, Task
from benchmarks.places import SOURCE
from benchmarks.waiting import until

IN_FLIGHT = 500


async def relay(task: Task, parent: Parent) -> Outcome:
    """Everything in the log, until all of it is marked as confirmed."""
    kernel.configure(SOURCE)
    database = kernel.source(task.place)
    watching = await asyncpg.connect(task.place.source_url)
    began = time.monotonic()
    running = asyncio.create_task(kernel.relay(task.place, database).run(parent.stop))
    await until(lambda: kernel.everything_confirmed(watching), running, every=0.02)
    ended = time.monotonic()
    parent.stop.set()
    await running
    await watching.close()
    await database.close()
    return Outcome(began, ended)


async def relay_until_stopped(task: Task, parent: Parent) -> Outcome:
    """What others write, as they write it."""
    kernel.configure(SOURCE)
    database = kernel.source(task.place)
    relaying = kernel.relay(task.place, database)
    running = asyncio.create_task(relaying.run(parent.stop))
    await until(lambda: kernel.is_leading(relaying), running)
    parent.ready()
    began = time.monotonic()
    await running
    await database.close()
    return Outcome(began, time.monotonic())


async def publish_raw(task: Task, parent: Parent) -> Outcome:
    """The same bodies to the same exchange, persistent and confirmed, always 500 of them in flight."""
    outgoing = await kernel.outgoing(task.place)
    began = time.monotonic()
    async with await connect(task.place.amqp_url, timeout=10) as broker:
        channel = await broker.channel(publisher_confirms=True, on_return_raises=True)
        exchange = await channel.get_exchange(kernel.EVENTS, ensure=False)
        rest = iter(outgoing)
        async with asyncio.TaskGroup() as in_flight:
            for _ in range(IN_FLIGHT):
                in_flight.create_task(_publish(rest, exchange))
        ended = time.monotonic()
    return Outcome(began, ended)


async def _publish(outgoing: Iterator[kernel.Outgoing], exchange: AbstractExchange) -> None:
    for each in outgoing:
        message = Message(
            each.body,
            headers=dict(each.headers),
            content_type=kernel.CONTENT_TYPE,
            delivery_mode=DeliveryMode.PERSISTENT,
        )
        await exchange.publish(message, kernel.ROUTING_KEY, mandatory=True, timeout=30)
