"""Takes events from the service's queue and gives each its effect exactly once.

What has arrived is handled in order in one transaction together with the record of having been seen, and acknowledged
after the commit. When a group fails, each of its events is handled alone, and only the guilty one is parked.
"""

import asyncio
from collections.abc import Sequence

import structlog
from aio_pika import connect
from aio_pika.abc import AbstractIncomingMessage

from shared.database import Database
from shared.events.effects import Effects
from shared.events.envelope import decode
from shared.events.failures import IMMEDIATE_ATTEMPTS, is_permanent, park
from shared.events.handlers import Handlers
from shared.events.topology import service_queue

log = structlog.get_logger(__name__)

GROUP = 200
PREFETCH = 2 * GROUP
PAUSE_BETWEEN_ATTEMPTS = 0.2
"""Seconds, doubled from attempt to attempt."""


class Inbox:
    """Runs in a service's worker until `stop` is set."""

    def __init__(self, *, database: Database, handlers: Handlers, amqp_url: str) -> None:
        self._effects = Effects(database, handlers)
        self._queue = service_queue(database.service)
        self._amqp_url = amqp_url
        self.consumes = False

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until `stop`. Raises when the connection or the consumer is lost; the caller runs it again."""
        async with await connect(self._amqp_url, timeout=10) as broker:
            channel = await broker.channel(publisher_confirms=False)
            await channel.set_qos(prefetch_count=PREFETCH)
            queue = await channel.get_queue(self._queue, ensure=True)
            arrived: asyncio.Queue[AbstractIncomingMessage | None] = asyncio.Queue()
            channel.close_callbacks.add(lambda *_: arrived.put_nowait(None))
            stopping = asyncio.create_task(stop.wait())
            stopping.add_done_callback(lambda _: arrived.put_nowait(None))
            await queue.consume(arrived.put, timeout=10)
            self.consumes = True
            try:
                while (group := await _next_group(arrived)) is not None:
                    await self.handle_group(group)
            finally:
                self.consumes = False
                stopping.cancel()
            if not stop.is_set():
                raise ConnectionError("the broker has closed the channel")

    async def handle_group(self, group: Sequence[AbstractIncomingMessage]) -> None:
        """Give a group its effect, acknowledge it after the commit."""
        try:
            await self._effects.of_all([decode(message.body) for message in group])
        except Exception as error:
            log.warning("group failed, each event is handled alone", size=len(group), error=type(error).__name__)
            for message in group:
                await self._handle_alone(message.body)
        await group[-1].ack(multiple=True)

    async def _handle_alone(self, body: bytes) -> None:
        pause = PAUSE_BETWEEN_ATTEMPTS
        for attempt in range(1, IMMEDIATE_ATTEMPTS + 1):
            try:
                await self._effects.of_all([decode(body)])
                return
            except Exception as error:
                if attempt == IMMEDIATE_ATTEMPTS or is_permanent(error):
                    await self._park(body, error, attempt)
                    return
                await asyncio.sleep(pause)
                pause *= 2

    async def _park(self, body: bytes, error: Exception, attempts: int) -> None:
        database = self._effects.database
        await database.ping()  # a lost database is nobody's guilt: the group stays with the broker
        async with database.work() as work:
            await park(work, database.tables, body, error, attempts)
            await work.commit()


async def _next_group(arrived: asyncio.Queue[AbstractIncomingMessage | None]) -> list[AbstractIncomingMessage] | None:
    """What has arrived, at least one message and at most `GROUP`; nothing once the end is in the queue."""
    group: list[AbstractIncomingMessage] = []
    while not group or (not arrived.empty() and len(group) < GROUP):
        message = await arrived.get()
        if message is None:
            return None
        group.append(message)
    return group
