"""Consumes a queue in groups (batches) and in order: each group is acknowledged once its transaction has been
committed."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from enum import Enum

from aio_pika.abc import AbstractChannel, AbstractConnection
from aiormq.abc import AbstractChannel as Channel
from aiormq.abc import DeliveredMessage

from shared.events.supervision import Pace
from shared.events.topology import MARK, TICK

PREFETCH = 200
"""The prefetch count of every consumer: so many messages the broker sends ahead. It counts messages and not bytes, so a
worker may hold 200 MB of the largest events per queue.

It is one number for every consumer of a queue, and is not to be lowered. The broker puts returned messages at the end
of those that came back before and have not been sent again: if a consumer were sent fewer than its predecessor held,
later messages could overtake earlier ones.
"""
GROUP = PREFETCH // 2
"""Most messages in a group: half of the prefetch, so that the broker sends one half while the other is handled."""
GROUP_BYTES = 16_000_000
"""A group is closed at this size, too, since parsed events take several times as much memory."""
GROUPS_APART = 0.02
"""Least seconds between the beginnings of two groups, unless a full one has arrived: events that come one by one are
handled in batches."""
PATIENCE = 5
"""How many turns of the event loop a group stays open for messages that have been delivered and not been read yet. A
transaction costs about the same for one event as for hundreds."""

DealWith = Callable[[Sequence[bytes], int], Awaitable[None]]
"""Handles the bodies of a group; the number is the highest redelivery count among them."""
Passed = Callable[[str], Awaitable[None]]
"""Called with the id of each tick, once all messages before it have been handled."""
_Arrived = asyncio.Queue[DeliveredMessage | None]


class End(Enum):
    """Why `consume_groups` returned."""

    LEFT = "left"
    """The caller set `leave`."""
    DRAINED = "drained"
    """The mark at the end of an old queue was reached: every message before it has been handled, and none will come
    after it."""


Kind = Callable[[DeliveredMessage], str | None]
"""Returns `MARK` or `TICK` for a control message, and None (or another type) for an event."""


def put_straight(message: DeliveredMessage) -> str | None:
    """The message type of what was published straight to the queue, as marks and ticks are; None for what came over an
    exchange, which is an event."""
    return message.header.properties.message_type if message.exchange == "" else None


def only_events(_: DeliveredMessage) -> str | None:
    """Take every message for an event, whatever type it names: this queue holds no marks or ticks."""
    return None


async def consume_groups(
    broker: AbstractConnection,
    queue: str,
    deal_with: DealWith,
    leave: asyncio.Event,
    passed: Passed | None = None,
    *,
    kind: Kind = put_straight,
) -> End:
    """Hand the bodies of each group to `deal_with`, until `leave` is set or a mark is reached; `kind` tells what a mark
    is.

    Raises `ConnectionError` when the channel or the consumer is lost, and whatever `deal_with` raises. Messages that
    were not acknowledged go back to the broker in their old order.
    """
    channel = await broker.channel(publisher_confirms=False)
    leaving = asyncio.create_task(leave.wait())
    try:
        arrived, plain = await _consumer(channel, queue)
        leaving.add_done_callback(lambda _: arrived.put_nowait(None))
        pace = Pace(GROUPS_APART)
        while group := await _next_group(arrived, pace, kind):
            dealt = [message for message in group if kind(message) != MARK]
            events = [message for message in dealt if kind(message) != TICK]
            if events:
                await deal_with([message.body for message in events], max(map(_deliveries, events)))
            if passed is not None:
                for tick in (message for message in dealt if kind(message) == TICK):
                    await passed(tick.header.properties.message_id or "")
            if dealt:
                await plain.basic_ack(dealt[-1].delivery_tag or 0, multiple=True)
            if len(dealt) < len(group):
                return End.DRAINED  # the mark is not acknowledged: the caller must note the end first
    finally:
        leaving.cancel()
        await channel.close()
    if not leave.is_set():
        raise ConnectionError(f"the broker has ended the consumer of {queue}")
    return End.LEFT


async def _consumer(channel: AbstractChannel, name: str) -> tuple[_Arrived, Channel]:
    """Start the consumer; returns the queue of arriving messages and the channel. None arrives once the consumer has
    ended, because its channel was closed or the broker cancelled it.

    Messages are taken from aiormq, below aio-pika, whose own message objects cost two tasks and a copy each.
    """
    arrived: _Arrived = asyncio.Queue()
    await channel.set_qos(prefetch_count=PREFETCH)
    channel.close_callbacks.add(lambda *_: arrived.put_nowait(None))
    plain = await channel.get_underlay_channel()
    plain.on_consumer_cancel_callbacks.add(lambda _: arrived.put_nowait(None))
    await plain.basic_consume(name, arrived.put, timeout=10)
    return arrived, plain


async def _next_group(arrived: _Arrived, pace: Pace, kind: Kind) -> list[DeliveredMessage]:
    """The messages that have arrived: at least one, no more than a group may hold, none after a mark; an empty list
    once the consumer has ended."""
    group: list[DeliveredMessage] = []
    size = 0
    while not group or (len(group) < GROUP and size < GROUP_BYTES and await _more(arrived)):
        message = await arrived.get()
        if message is None:
            return []
        if not group and arrived.qsize() < GROUP - 1:
            await pace.turn()
        group.append(message)
        size += len(message.body)
        if kind(message) == MARK:
            break
    return group


async def _more(arrived: _Arrived) -> bool:
    """Whether another message has arrived, or arrives within a few turns of the event loop."""
    for _ in range(PATIENCE):
        if not arrived.empty():
            return True
        await asyncio.sleep(0)
    return not arrived.empty()


def _deliveries(message: DeliveredMessage) -> int:
    """How often the broker has delivered the message before (redelivery count of quorum queues)."""
    return int(str((message.header.properties.headers or {}).get("x-delivery-count") or 0))
