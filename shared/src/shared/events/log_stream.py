"""Reads `praksis.log`, the stream that keeps every event, from a start of one's choice."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from aio_pika import connect
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractIncomingMessage

from shared.events.topology import LOG, MARK, put_mark

FIRST = "first"
NEW = "next"
GROUP = 1000
_PREFETCH = 2 * GROUP

Start = str | int | datetime
"""`first`, `next` (only what is still to come), an offset of the stream, or a moment: what happened from then on."""

_Arrived = asyncio.Queue[AbstractIncomingMessage | None]


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
            if entries := _entries(group):
                yield entries


async def read_log(amqp_url: str, start: Start) -> AsyncIterator[Sequence[Entry]]:
    """Every event from the start to what is the end of the log at this moment, in groups. Raises like `follow_log`."""
    async with await connect(amqp_url, timeout=10) as broker:
        async for group in read_log_on(broker, start):
            yield group


async def read_log_on(broker: AbstractConnection, start: Start) -> AsyncIterator[Sequence[Entry]]:
    """The same on a connection that is there."""
    end = await _end_of_log(broker)
    if isinstance(start, int) and start > end:
        return  # the broker would wait until the log has grown as far
    async with broker.channel(publisher_confirms=False) as channel:
        async for group in _groups(await _attach(channel, start)):
            if entries := _entries(group):
                yield entries
            if any(_offset(message) >= end for message in group):
                return


async def _end_of_log(broker: AbstractConnection) -> int:
    """The offset of a mark that is put behind the last event. Events that come later may be read too."""
    mark = str(uuid4())
    async with broker.channel(publisher_confirms=False) as reading, broker.channel() as writing:
        arrived = await _attach(reading, NEW)
        if not await put_mark(writing, LOG, mark):
            raise ConnectionError(f"{LOG} is not there: prepare the services first")
        async for group in _groups(arrived):
            for message in group:
                if message.type == MARK and message.message_id == mark:
                    return _offset(message)
    raise AssertionError("groups come without an end")


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


def _entries(messages: Sequence[AbstractIncomingMessage]) -> list[Entry]:
    return [_entry(message) for message in messages if message.type != MARK]


def _entry(message: AbstractIncomingMessage) -> Entry:
    return Entry(_offset(message), message.routing_key or "", message.body)


def _offset(message: AbstractIncomingMessage) -> int:
    return int(str(message.headers["x-stream-offset"]))
