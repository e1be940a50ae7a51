"""Takes what has arrived on a queue, in groups and in order, and acknowledges a group once it has been dealt with."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from enum import Enum

from aio_pika.abc import AbstractChannel, AbstractConnection
from aiormq.abc import AbstractChannel as Channel
from aiormq.abc import DeliveredMessage

from shared.events.supervision import Pace
from shared.events.topology import MARK, TICK

PREFETCH = 200
"""So many messages of a queue are sent ahead at most. The broker counts messages and not bytes, so of the largest that
are sent 200 MB wait here.

It is one number, for every consumer of a queue and for good. The broker puts what a consumer gives back behind what has
come back before and is not sent yet: of one that was sent fewer than its predecessor held, the earlier ones would come
after the later ones.
"""
GROUP = PREFETCH // 2
"""A group is all that has arrived, and closed when it is so large: while one half is dealt with, the broker sends the
other."""
GROUP_BYTES = 16_000_000
"""It is closed when it is so large, too: what is read takes several times as much."""
GROUPS_APART = 0.02
"""Seconds at least between the beginnings of two groups, unless there is a full one: what comes in drops is dealt with
in gulps."""
PATIENCE = 5
"""So often the loop turns before a group is closed that could be larger: what has been delivered is read meanwhile. A
transaction costs the same for one event as for hundreds."""

DealWith = Callable[[Sequence[bytes], int], Awaitable[None]]
"""Deals with the bodies of a group, of which one has been delivered so often before and never acknowledged."""
Passed = Callable[[str], Awaitable[None]]
"""Is told of each tick once all that stood before it has been dealt with."""
_Arrived = asyncio.Queue[DeliveredMessage | None]


class End(Enum):
    """Why consuming ended."""

    LEFT = "left"
    """The caller wanted it."""
    DRAINED = "drained"
    """A mark was reached: nothing came before it that has not been dealt with, and nothing comes after it."""


Kind = Callable[[DeliveredMessage], str | None]
"""Tells of a message whether it is a mark or a tick, or an event."""


def put_straight(message: DeliveredMessage) -> str | None:
    """Whether it is a mark or a tick: those are put straight into the queue. What came over an exchange is an event."""
    return message.header.properties.message_type if message.exchange == "" else None


def only_events(_: DeliveredMessage) -> str | None:
    """Whatever it calls itself, it is an event: nobody puts a mark or a tick into this queue."""
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
    """Hand the bodies of each group to `deal_with`, until `leave` or until what is a mark by its `kind` is reached.

    Raises when the channel or the consumer is lost, or what `deal_with` raises. What has not been acknowledged by then
    goes back to the broker, in its old order.
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
                return End.DRAINED  # the mark stays, until the caller has noted this
    finally:
        leaving.cancel()
        await channel.close()
    if not leave.is_set():
        raise ConnectionError(f"the broker has ended the consumer of {queue}")
    return End.LEFT


async def _consumer(channel: AbstractChannel, name: str) -> tuple[_Arrived, Channel]:
    """What arrives, and nothing once there is no consumer any more: its channel closed, or the broker cancelled it.

    Messages are taken below aio-pika, whose own ones cost two tasks and a copy each.
    """
    arrived: _Arrived = asyncio.Queue()
    await channel.set_qos(prefetch_count=PREFETCH)
    channel.close_callbacks.add(lambda *_: arrived.put_nowait(None))
    plain = await channel.get_underlay_channel()
    plain.on_consumer_cancel_callbacks.add(lambda _: arrived.put_nowait(None))
    await plain.basic_consume(name, arrived.put, timeout=10)
    return arrived, plain


async def _next_group(arrived: _Arrived, pace: Pace, kind: Kind) -> list[DeliveredMessage]:
    """What has arrived, at least one message and no more than may be in a group, up to a mark; nothing at the end."""
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
    """Whether there is more already, or within a few turns of the loop."""
    for _ in range(PATIENCE):
        if not arrived.empty():
            return True
        await asyncio.sleep(0)
    return not arrived.empty()


def _deliveries(message: DeliveredMessage) -> int:
    """How often the broker has delivered a message before, as quorum queues count it."""
    return int(str((message.header.properties.headers or {}).get("x-delivery-count") or 0))
