"""The relay of faststream-outbox: its own table in the same Postgres, the same bodies to the same exchange."""

import asyncio
import json
import time
from typing import Any

import asyncpg
from benchmarks import kernel
from benchmarks.child import Outcome, Parent, Task
from benchmarks.places import SOURCE
from benchmarks.waiting import until
from faststream import Response
from faststream.rabbit import ExchangeType, RabbitBroker, RabbitExchange
from faststream_outbox import OutboxBroker, make_outbox_table  # type: ignore[import-not-found]
from sqlalchemy import MetaData
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

QUEUE = "events"
WORKERS = 8
_metadata = MetaData(schema=SOURCE)
_table = make_outbox_table(_metadata, table_name="bench_outbox")


async def fill(task: Task, parent: Parent) -> Outcome:
    """The outbox with the bodies of the log in it."""
    began = time.monotonic()
    engine = _engine(task)
    outbox = OutboxBroker(engine, outbox_table=_table)
    async with engine.begin() as connection:
        await connection.run_sync(_metadata.create_all)
    documents = [json.loads(each.body) for each in await kernel.outgoing(task.place)]
    for first in range(0, len(documents), 500):
        async with AsyncSession(engine) as session, session.begin():
            await outbox.publish_batch(*documents[first : first + 500], queue=QUEUE, session=session)
    await engine.dispose()
    return Outcome(began, time.monotonic())


async def relay(task: Task, parent: Parent) -> Outcome:
    """Everything in the outbox, until it is empty. The options are those of its subscriber."""
    engine = _engine(task)
    rabbit = RabbitBroker(task.place.amqp_url, logger=None)
    outbox = OutboxBroker(engine, outbox_table=_table, logger=None)
    exchange = RabbitExchange(kernel.EVENTS, type=ExchangeType.TOPIC, durable=True, declare=False)
    taken = 0

    @rabbit.publisher(
        exchange=exchange,
        routing_key=kernel.ROUTING_KEY,
        mandatory=True,
        persist=True,
        content_type=kernel.CONTENT_TYPE,
    )
    @outbox.subscriber(QUEUE, max_workers=WORKERS, **task.options)  # type: ignore[untyped-decorator]
    async def send(document: dict[str, Any]) -> Response:
        nonlocal taken
        taken += 1
        return Response(document, headers=kernel.headers_of(document["subject"]))

    watching = await asyncpg.connect(task.place.source_url)

    async def empty() -> bool:
        if taken < task.events:
            return False
        return not await watching.fetchval(f"select exists (select from {SOURCE}.bench_outbox)")

    began = time.monotonic()
    await rabbit.start()
    await outbox.start()
    await until(empty, asyncio.create_task(parent.stop.wait()))
    ended = time.monotonic()
    await outbox.stop()
    await rabbit.stop()
    await watching.close()
    await engine.dispose()
    return Outcome(began, ended)


def _engine(task: Task) -> AsyncEngine:
    address = make_url(task.place.source_url).set(drivername="postgresql+asyncpg")
    return create_async_engine(address, pool_size=WORKERS + 2)
