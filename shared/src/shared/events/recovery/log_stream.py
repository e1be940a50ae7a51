"""Reads `praksis.log`, the stream that keeps every event, from a start of one's choice."""

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
"""The largest prefetch there is: no chunk of a stream holds more."""
BEGUN_WITHIN = 10.0
"""Seconds in which the broker begins to send what it has counted; it counts every few seconds."""
EMPTY_AFTER = 0.2
"""Seconds after which a log counts as empty in which the broker has counted nothing."""

Start = str | int | datetime
"""`first`, `next` (only what is still to come), an offset of the stream, or a moment: what happened from then on."""

_Arrived = asyncio.Queue[AbstractIncomingMessage | None]


class NoLog(ConnectionError):
    """The broker has no log: it was never declared, or somebody has deleted it."""

    def __init__(self) -> None:
        super().__init__(f"{LOG} is not there: prepare the services first")


@dataclass(frozen=True, slots=True)
class Entry:
    """One event as it stands in the stream."""

    offset: int
    routing_key: str
    body: bytes


def parse_start(given: str) -> Start:
    """`first`, `next`, an offset such as `1200`, or a moment such as `2026-11-21T08:00+01:00` (UTC without a zone).

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

    For a moment everything is read from the first event on, since the broker's own clock may differ from that of the
    services: the caller compares it with the time that each event tells.
    """
    async with await connect(amqp_url, timeout=10) as broker:
        async for group in _groups(await _attach(await broker.channel(publisher_confirms=False), start)):
            yield [_entry(message) for message in group]


async def read_log(amqp_url: str, start: Start) -> AsyncIterator[Sequence[Entry]]:
    """Every event from the start to what is the end of the log at this moment, in groups. Raises like `follow_log`."""
    async with await connect(amqp_url, timeout=10) as broker:
        async for group in read_log_on(broker, start):
            yield group


async def read_log_on(broker: AbstractConnection, start: Start) -> AsyncGenerator[Sequence[Entry], None]:
    """The same on a connection that is there."""
    end = await end_of_log(broker)
    if end is None or (isinstance(start, int) and start > end):
        return  # the broker would wait until the log has grown as far
    async with broker.channel(publisher_confirms=False) as channel:
        async for group in _groups(await _attach(channel, start)):
            yield [_entry(message) for message in group]
            if any(_offset(message) >= end for message in group):
                return


async def end_of_log(broker: AbstractConnection) -> int | None:
    """The offset of the last event there is, or nothing for an empty log. Raises `NoLog`.

    The broker begins with the newest chunk of the stream and sends all of it before it answers anything else. So the
    answer to a question that is asked after the first message says that the last one is here.
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
