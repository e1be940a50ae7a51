"""Reads `praksis.log`, the RabbitMQ stream that keeps every event, from an offset or a time."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from aio_pika import connect
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractIncomingMessage
from aio_pika.exceptions import ChannelNotFoundEntity
from aiormq.abc import DeliveredMessage

from shared.events.supervision import wait_for
from shared.events.topology import LOG

FIRST = "first"
NEW = "next"
LAST = "last"
GROUP = 1000
_PREFETCH = 2 * GROUP
_MOST_AT_ONCE = 65_535
"""The largest prefetch that AMQP allows; no chunk of a stream holds more messages."""
BEGUN_WITHIN = 10.0
"""Seconds within which the broker starts to deliver messages that it has counted. It updates the count every few
seconds."""
EMPTY_AFTER = 0.2
"""Seconds without a message after which a log is taken for empty whose message count is 0."""

Start = str | int | datetime
"""Where reading starts: `first`, `next` (only new events), an offset of the stream, or a time at which events
happened."""

_Arrived = asyncio.Queue[AbstractIncomingMessage | None]


class NoLog(ConnectionError):
    """The broker has no log: it was never declared, or an operator has deleted it."""

    def __init__(self) -> None:
        super().__init__(f"{LOG} is not there: prepare the services first")


@dataclass(frozen=True, slots=True)
class Entry:
    """One event as it stands in the stream."""

    offset: int
    routing_key: str
    body: bytes


def parse_start(given: str) -> Start:
    """Parse `first`, `next`, an offset such as `1200`, or a time such as `2026-11-21T08:00+01:00` (UTC without a zone).

    Raises `ValueError` with a sentence that says what is possible.
    """
    if given in (FIRST, NEW):
        return given
    if given.isascii() and given.isdigit():
        return int(given)
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        raise ValueError(
            f"'{given}' is neither 'first', 'next', an offset nor a moment such as 2026-11-21T08:00"
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


async def follow_log(amqp_url: str, start: Start) -> AsyncIterator[Sequence[Entry]]:
    """Every event from the start on, in groups, without an end. Raises when the connection is lost.

    For a time, all events are read from the first on, since the broker's clock may differ from that of the services:
    the caller compares the time with that of each event.
    """
    async with await connect(amqp_url, timeout=10) as broker:
        async for group in _groups(await _attach(await broker.channel(publisher_confirms=False), start)):
            yield [_entry(message) for message in group]


async def read_log(amqp_url: str, start: Start) -> AsyncIterator[Sequence[Entry]]:
    """Every event from the start to the present end of the log, in groups. Raises like `follow_log`, and `NoLog`."""
    async with await connect(amqp_url, timeout=10) as broker:
        async for group in read_log_on(broker, start):
            yield group


async def read_log_on(broker: AbstractConnection, start: Start) -> AsyncGenerator[Sequence[Entry], None]:
    """Like `read_log`, on an open connection."""
    end = await end_of_log(broker)
    if end is None or (isinstance(start, int) and start > end):
        return  # the broker would wait until the stream reaches this offset
    async with broker.channel(publisher_confirms=False) as channel:
        async for group in _groups(await _attach(channel, start)):
            yield [_entry(message) for message in group]
            if any(_offset(message) >= end for message in group):
                return


async def end_of_log(broker: AbstractConnection) -> int | None:
    """The offset of the last event, or None for an empty log. Raises `NoLog`.

    A consumer that attaches to `last` is sent the newest chunk of the stream, all of it before the broker answers
    anything else on the channel. So once a question that was asked after the first message is answered, the last
    message is here.
    """
    offsets: list[int] = []
    begun = asyncio.Event()

    async def take(message: DeliveredMessage) -> None:
        offsets.append(int(str((message.header.properties.headers or {})["x-stream-offset"])))
        begun.set()

    try:
        async with broker.channel(publisher_confirms=False) as channel:
            plain = await channel.get_underlay_channel()
            await plain.basic_qos(prefetch_count=_MOST_AT_ONCE, timeout=10)
            counted = (await plain.queue_declare(LOG, passive=True, timeout=10)).message_count
            await plain.basic_consume(LOG, take, arguments={"x-stream-offset": LAST}, timeout=10)
            await wait_for(begun, BEGUN_WITHIN if counted else EMPTY_AFTER)
            await plain.queue_declare(LOG, passive=True, timeout=10)
    except ChannelNotFoundEntity:
        raise NoLog from None
    return max(offsets, default=None)


async def _attach(channel: AbstractChannel, start: Start) -> _Arrived:
    arrived: _Arrived = asyncio.Queue()
    await channel.set_qos(prefetch_count=_PREFETCH)
    channel.close_callbacks.add(lambda *_: arrived.put_nowait(None))
    underlay = await channel.get_underlay_channel()
    underlay.on_consumer_cancel_callbacks.add(lambda _: arrived.put_nowait(None))
    log = await channel.get_queue(LOG, ensure=False)
    offset = FIRST if isinstance(start, datetime) else start
    await log.consume(arrived.put, arguments={"x-stream-offset": offset}, timeout=10)
    return arrived


async def _groups(arrived: _Arrived) -> AsyncIterator[list[AbstractIncomingMessage]]:
    while True:
        group = [await arrived.get()]
        while not arrived.empty() and len(group) < GROUP:
            group.append(arrived.get_nowait())
        messages = [message for message in group if message is not None]
        if messages:
            yield messages
            await messages[-1].ack(multiple=True)
        if len(messages) < len(group):
            raise ConnectionError(f"the broker has ended the reading of {LOG}")


def _entry(message: AbstractIncomingMessage) -> Entry:
    return Entry(_offset(message), message.routing_key or "", message.body)


def _offset(message: AbstractIncomingMessage) -> int:
    return int(str(message.headers["x-stream-offset"]))
