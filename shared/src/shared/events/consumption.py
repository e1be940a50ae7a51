"""Takes what has arrived on a queue, in groups and in order, and acknowledges a group once it has been dealt with."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from enum import Enum

import structlog
from aio_pika.abc import AbstractChannel, AbstractConnection
from aiormq.abc import AbstractChannel as Channel
from aiormq.abc import DeliveredMessage

from shared.events.sending import LARGEST
from shared.events.supervision import Pace
from shared.events.topology import MARK, TICK

log = structlog.get_logger(__name__)

GROUP = 500
GROUP_BYTES = 16_000_000
"""A group is closed when it is so large, however few events it has: one that is read takes several times as much."""
PREFETCH = 2 * GROUP
HELD_BYTES = 64_000_000
"""So much may wait here. The broker counts messages and not bytes: where they are so large, it is told to send few."""
FEW = HELD_BYTES // LARGEST
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


class End(Enum):
    """Why consuming ended."""

    LEFT = "left"
    """The caller wanted it."""
    DRAINED = "drained"
    """A mark was reached: nothing came before it that has not been dealt with, and nothing comes after it."""
    HEAVY = "heavy"
    """More has arrived than may wait here."""


class _Arrived:
    """What has been delivered and not been taken yet, and that no more comes."""

    def __init__(self) -> None:
        self._waiting: asyncio.Queue[DeliveredMessage | None] = asyncio.Queue()
        self._bytes = 0
        self.is_heavy = False

    async def put(self, message: DeliveredMessage) -> None:
        """Keep a message. From the first that is too much on all are left to the broker, so that the order stays."""
        self.is_heavy = self.is_heavy or (self._bytes > 0 and self._bytes + len(message.body) > HELD_BYTES)
        if self.is_heavy:
            self.end()
        else:
            self._bytes += len(message.body)
            self._waiting.put_nowait(message)

    def end(self) -> None:
        """No more comes."""
        self._waiting.put_nowait(None)

    async def get(self) -> DeliveredMessage | None:
        """The next message, or nothing at the end."""
        message = await self._waiting.get()
        self._bytes -= len(message.body) if message else 0
        return message

    def __len__(self) -> int:
        return self._waiting.qsize()


async def consume_groups(
    broker: AbstractConnection, queue: str, deal_with: DealWith, leave: asyncio.Event, passed: Passed | None = None
) -> End:
    """Hand the bodies of each group to `deal_with`, until `leave` or until a mark is reached.

    Raises when the channel or the consumer is lost, or what `deal_with` raises. What has not been acknowledged by then
    goes back to the broker, in its old order.
    """
    end = await _consume(broker, queue, deal_with, leave, passed, PREFETCH)
    while end is End.HEAVY:
        log.info("large events, few at a time", queue=queue)
        end = await _consume(broker, queue, deal_with, leave, passed, FEW)
    return end


async def _consume(
    broker: AbstractConnection,
    queue: str,
    deal_with: DealWith,
    leave: asyncio.Event,
    passed: Passed | None,
    prefetch: int,
) -> End:
    """The same until there is more than may wait; where few are sent at a time, until nothing waits any more."""
    channel = await broker.channel(publisher_confirms=False)
    leaving = asyncio.create_task(leave.wait())
    try:
        arrived, plain = await _consumer(channel, queue, prefetch)
        leaving.add_done_callback(lambda _: arrived.end())
        pace = Pace(GROUPS_APART)
        while group := await _next_group(arrived, pace):
            dealt = [message for message in group if _kind(message) != MARK]
            events = [message for message in dealt if _kind(message) != TICK]
            if events:
                await deal_with([message.body for message in events], max(map(_deliveries, events)))
            if passed is not None:
                for tick in (message for message in dealt if _kind(message) == TICK):
                    await passed(tick.header.properties.message_id or "")
            if dealt:
                await plain.basic_ack(dealt[-1].delivery_tag or 0, multiple=True)
            if len(dealt) < len(group):
                return End.DRAINED  # the mark stays, until the caller has noted this
            if prefetch == FEW and not len(arrived):
                return End.LEFT  # whoever lines up again is sent many
    finally:
        leaving.cancel()
        await channel.close()
    if arrived.is_heavy:
        return End.HEAVY
    if not leave.is_set():
        raise ConnectionError(f"the broker has ended the consumer of {queue}")
    return End.LEFT


async def _consumer(channel: AbstractChannel, name: str, prefetch: int) -> tuple[_Arrived, Channel]:
    """What arrives, and nothing once there is no consumer any more: its channel closed, or the broker cancelled it.

    Messages are taken below aio-pika, whose own ones cost two tasks and a copy each.
    """
    arrived = _Arrived()
    await channel.set_qos(prefetch_count=prefetch)
    channel.close_callbacks.add(lambda *_: arrived.end())
    plain = await channel.get_underlay_channel()
    plain.on_consumer_cancel_callbacks.add(lambda _: arrived.end())
    await plain.basic_consume(name, arrived.put, timeout=10)
    return arrived, plain


async def _next_group(arrived: _Arrived, pace: Pace) -> list[DeliveredMessage]:
    """What has arrived, at least one message and at most `GROUP`, up to a mark; nothing once the end has come."""
    group: list[DeliveredMessage] = []
    size = 0
    while not group or (len(group) < GROUP and size < GROUP_BYTES and await _more(arrived)):
        message = await arrived.get()
        if message is None:
            return []
        if not group and len(arrived) < GROUP:
            await pace.turn()
        group.append(message)
        size += len(message.body)
        if _kind(message) == MARK:
            break
    return group


async def _more(arrived: _Arrived) -> bool:
    """Whether there is more already, or within a few turns of the loop."""
    for _ in range(PATIENCE):
        if len(arrived):
            return True
        await asyncio.sleep(0)
    return len(arrived) > 0


def _kind(message: DeliveredMessage) -> str | None:
    return message.header.properties.message_type


def _deliveries(message: DeliveredMessage) -> int:
    """How often the broker has delivered a message before, as quorum queues count it."""
    return int(str((message.header.properties.headers or {}).get("x-delivery-count") or 0))
