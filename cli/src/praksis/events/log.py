"""The stream that keeps every event, as somebody reads it who may read and nothing else."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aio_pika.abc import AbstractConnection, AbstractIncomingMessage

from praksis.broker import LOST, channel_of
from praksis.errors import Unreachable
from praksis.events.starts import FIRST, Start
from shared.events.envelope import Envelope, Malformed, decode
from shared.events.recovery.log_stream import end_of_log
from shared.events.topology import LOG, MARK

PREFETCH = 500
ACKNOWLEDGE_EVERY = 100
QUIET = 0.5
"""Seconds without an event after which the log counts as empty."""
STALLED = 30.0
"""Seconds without an event, though the end of the log has not been reached, after which the broker counts as lost."""


@dataclass(frozen=True, slots=True)
class Logged:
    """What stands in the log at an offset; where it is no event, `envelope` is missing and `why` says why."""

    offset: int
    body: bytes
    envelope: Envelope | None
    why: str = ""

    @property
    def document(self) -> dict[str, Any]:
        """The event as the JSON document that it is."""
        document: dict[str, Any] = json.loads(self.body)
        return document


class EventLog:
    """Reads over one connection, each time on a channel of its own. Raises `Unreachable` when that is lost."""

    def __init__(self, connection: AbstractConnection) -> None:
        self._connection = connection

    async def first(self) -> Logged | None:
        """The oldest that is kept; nothing for an empty log."""
        async with self._consumer(FIRST) as consumer:
            message = await consumer.next(within=QUIET)
        return None if message is None else _logged(message)

    async def end(self) -> int | None:
        """The offset of what was put last into the log, be it an event or not; nothing for an empty log."""
        return await end_of_log(self._connection)

    async def follow(self, start: Start) -> AsyncGenerator[Logged, None]:
        """What the log holds from the start on, and then what comes, without end."""
        async with self._consumer(start.stream_offset) as consumer:
            while (message := await consumer.next()) is not None:
                if message.type != MARK:  # a log of before may hold some
                    yield _logged(message)

    async def read(self, start: Start, end: int | None) -> AsyncGenerator[Logged, None]:
        """What the log holds from the start on, up to this offset."""
        if end is None or (isinstance(start.place, int) and start.place > end):
            return
        async with self._consumer(start.stream_offset) as consumer:
            while (message := await consumer.next(within=STALLED)) is not None:
                logged = _logged(message)
                if logged.offset <= end and message.type != MARK:
                    yield logged
                if logged.offset >= end:
                    return
        raise Unreachable(f"RabbitMQ has sent nothing for {STALLED:.0f} seconds.")

    @asynccontextmanager
    async def _consumer(self, offset: str | int) -> AsyncIterator["_Consumer"]:
        async with channel_of(self._connection) as channel:
            consumer = _Consumer()
            await channel.set_qos(prefetch_count=PREFETCH)
            channel.close_callbacks.add(consumer.lose)
            (await channel.get_underlay_channel()).on_consumer_cancel_callbacks.add(consumer.lose)
            log = await channel.get_queue(LOG, ensure=True)
            await log.consume(consumer.take, arguments={"x-stream-offset": offset}, timeout=10)
            yield consumer


class _Consumer:
    """What has arrived and has not been looked at."""

    def __init__(self) -> None:
        self._arrived: asyncio.Queue[AbstractIncomingMessage | None] = asyncio.Queue()
        self._looked_at = 0

    async def take(self, message: AbstractIncomingMessage) -> None:
        self._arrived.put_nowait(message)

    def lose(self, *_: object) -> None:
        self._arrived.put_nowait(None)

    async def next(self, within: float | None = None) -> AbstractIncomingMessage | None:
        """The next message; nothing if none comes within so many seconds."""
        try:
            message = await asyncio.wait_for(self._arrived.get(), within)
        except TimeoutError:
            return None
        if message is None:
            raise Unreachable(LOST)
        self._looked_at += 1
        if self._arrived.empty() or self._looked_at % ACKNOWLEDGE_EVERY == 0:
            await message.ack(multiple=True)
        return message


def _logged(message: AbstractIncomingMessage) -> Logged:
    offset = message.headers["x-stream-offset"]
    assert isinstance(offset, int)
    try:
        return Logged(offset, message.body, decode(message.body))
    except Malformed as malformed:
        return Logged(offset, message.body, None, str(malformed))
