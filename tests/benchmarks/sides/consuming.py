"""From a full queue to effects: our inbox, a raw consumer without a database, a FastStream handler of one by one."""

import asyncio
import json
import time
from typing import Any
from uuid import UUID

from aio_pika import connect
from aio_pika.abc import AbstractIncomingMessage
from benchmarks import kernel
from benchmarks.child import Outcome, Parent, Task
from benchmarks.places import CONSUMER
from benchmarks.sides.effects import Effects
from benchmarks.waiting import until
from faststream.rabbit import Channel, RabbitBroker, RabbitMessage, RabbitQueue
from pydantic import BaseModel
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

POOL = 10
"""As many connections as the kernel's own pool has."""


async def inbox(task: Task, parent: Parent) -> Outcome:
    """Our inbox with a projection, until every event has had its effect."""
    return await _inbox(task, parent, decides=False)


async def deciding_inbox(task: Task, parent: Parent) -> Outcome:
    """Our inbox with a handler that is given the events one by one, until every event has had its effect."""
    return await _inbox(task, parent, decides=True)


async def _inbox(task: Task, parent: Parent, *, decides: bool) -> Outcome:
    kernel.configure(CONSUMER)
    database = kernel.consumer(task.place)
    async with Effects(task) as effects:
        taking = kernel.consuming(task.place, database, effects.counter, decides=decides)
        began = time.monotonic()
        running = asyncio.create_task(taking.run(parent.stop))
        await until(lambda: kernel.is_consuming(taking), running)
        parent.ready()
        await effects.complete(running)
        ended = time.monotonic()
        parent.stop.set()
        await running
    await database.close()
    return Outcome(began, ended)


async def share(task: Task, parent: Parent) -> Outcome:
    """One partition among several workers that have one each; all begin at the same word."""
    kernel.configure(CONSUMER)
    database = kernel.consumer(task.place)
    await database.ping()
    async with Effects(task) as effects:
        parent.ready()
        await parent.go.wait()
        began = time.monotonic()
        consuming = kernel.consume_partition(
            task.place, database, effects.counter, int(task.options["number"]), parent.stop
        )
        running = asyncio.create_task(consuming)
        await effects.complete_with_others(running)
        ended = time.monotonic()
        parent.stop.set()
        await running
    await database.close()
    return Outcome(began, ended)


async def consume_raw(task: Task, parent: Parent) -> Outcome:
    """Take everything that is sent ahead as to us, and acknowledge it by halves, so that more is always on its way."""
    began = time.monotonic()
    async with await connect(task.place.amqp_url, timeout=10) as connection:
        channel = await connection.channel(publisher_confirms=False)
        await channel.set_qos(prefetch_count=kernel.PREFETCH)
        arrived: asyncio.Queue[AbstractIncomingMessage] = asyncio.Queue()
        (queue,) = kernel.queues()
        await (await channel.get_queue(queue, ensure=True)).consume(arrived.put)
        taken = 0
        while taken < task.events:
            message = await arrived.get()
            taken += 1
            if taken % (kernel.PREFETCH // 2) == 0 or taken == task.events:
                await message.ack(multiple=True)
        ended = time.monotonic()
    return Outcome(began, ended)


class CloudEvent(BaseModel):
    """What a plain handler needs of a message."""

    id: UUID
    data: kernel.PhaseStarted


async def handle_one_by_one(task: Task, parent: Parent) -> Outcome:
    """A plain FastStream handler: a transaction per message, with deduplication and the same row.

    Twice as many messages as connections are under way at once, which no order survives, but it is the fastest.
    """
    address = make_url(task.place.consumer_url).set(drivername="postgresql+asyncpg")
    engine = create_async_engine(address, pool_size=POOL)
    sessions = async_sessionmaker(engine, expire_on_commit=False)
    rabbit = RabbitBroker(task.place.amqp_url, logger=None, default_channel=Channel(prefetch_count=2 * POOL))
    (queue,) = kernel.queues()
    async with Effects(task) as effects:

        @rabbit.subscriber(RabbitQueue(queue, declare=False), decoder=_as_json, no_reply=True)
        async def note_phase(event: CloudEvent) -> None:
            async with sessions() as session, session.begin():
                seen = insert(kernel.RECEIVED).values(identity=event.id).on_conflict_do_nothing()
                if (await session.execute(seen.returning(kernel.RECEIVED.c.identity))).first() is not None:
                    session.add(kernel.effect_of(event.data))
            effects.counter.handled += 1

        began = time.monotonic()
        await rabbit.start()
        await effects.complete(asyncio.create_task(parent.stop.wait()))
        ended = time.monotonic()
        await rabbit.stop()
    await engine.dispose()
    return Outcome(began, ended)


async def _as_json(message: RabbitMessage) -> Any:
    return json.loads(message.body)
