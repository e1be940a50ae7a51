"""The order of a queue holds whoever leaves it and however, and what waits in a worker is bounded by its bytes."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from enum import StrEnum

import pytest
from aio_pika import Message, connect
from aio_pika.abc import AbstractConnection
from aiormq.exceptions import ChannelInvalidStateError
from pamqp.common import FieldTable

from shared.events.consumption import PREFETCH, consume_groups
from shared.events.sending import LARGEST

QUEUE = "ordered"
ARGUMENTS: FieldTable = {"x-queue-type": "quorum", "x-single-active-consumer": True}
SMALL = 10
DEADLINE = 60.0


class Way(StrEnum):
    """How a consumer leaves."""

    LEAVES = "it leaves the queue to another"
    FAILS = "what it does fails"
    CLOSES = "its connection is closed"


@pytest.fixture
async def broker(vhost: str) -> AsyncIterator[AbstractConnection]:
    """A connection to a broker that has one queue, as those of the services are."""
    async with await connect(vhost, timeout=10) as broker:
        await (await broker.channel()).declare_queue(QUEUE, durable=True, arguments=ARGUMENTS)
        yield broker


async def send(broker: AbstractConnection, count: int, size: int) -> list[bytes]:
    channel = await broker.channel()
    bodies = [str(number).encode().ljust(size) for number in range(count)]
    for first in range(0, count, 100):
        sending = (channel.default_exchange.publish(Message(each), QUEUE) for each in bodies[first : first + 100])
        await asyncio.gather(*sending)
    return bodies


class Failed(Exception):
    """What a consumer does has failed."""


class Taking:
    """Two consumers of one queue that leave it and line up again, one way after the other, until all has been taken."""

    def __init__(self, vhost: str, expected: int) -> None:
        self.taken: dict[bytes, None] = {}
        """Each message where it was dealt with first: whatever comes again has no effect."""
        self.handed_over = 0
        self._vhost = vhost
        self._expected = expected
        self._over = asyncio.Event()

    async def run(self, ways: Sequence[Way]) -> None:
        async with asyncio.timeout(DEADLINE):
            await asyncio.gather(*(self._line_up_again_and_again(ways) for _ in range(2)))

    async def _line_up_again_and_again(self, ways: Sequence[Way]) -> None:
        while not self._over.is_set():
            with suppress(Failed, ConnectionError, ChannelInvalidStateError):
                async with await connect(self._vhost, timeout=10) as broker:
                    await self._consume(broker, ways)

    async def _consume(self, broker: AbstractConnection, ways: Sequence[Way]) -> None:
        leave, groups = asyncio.Event(), 0
        until_over = asyncio.create_task(self._over.wait())
        until_over.add_done_callback(lambda _: leave.set())

        async def deal_with(bodies: Sequence[bytes], _: int) -> None:
            nonlocal groups
            groups += 1
            if groups == 2:
                await self._leave(ways[self.handed_over % len(ways)], broker, leave)
            self.taken.update(dict.fromkeys(bodies))
            if len(self.taken) == self._expected:
                self._over.set()

        try:
            await consume_groups(broker, QUEUE, deal_with, leave)
        finally:
            until_over.cancel()

    async def _leave(self, way: Way, broker: AbstractConnection, leave: asyncio.Event) -> None:
        self.handed_over += 1
        if way is Way.LEAVES:
            leave.set()
        elif way is Way.FAILS:
            raise Failed
        else:
            await broker.close()


@pytest.mark.parametrize(
    "ways", [*((way,) for way in Way), tuple(Way)], ids=lambda ways: "+".join(way.name for way in ways)
)
async def test_the_order_holds_whoever_leaves(broker: AbstractConnection, vhost: str, ways: tuple[Way, ...]) -> None:
    bodies = await send(broker, 10 * PREFETCH, SMALL)
    taking = Taking(vhost, len(bodies))
    await taking.run(ways)
    assert list(taking.taken) == bodies
    assert taking.handed_over >= 4


async def test_a_group_is_closed_when_it_is_large(broker: AbstractConnection) -> None:
    bodies = await send(broker, 40, LARGEST)
    leave, groups = asyncio.Event(), list[list[bytes]]()

    async def deal_with(group: Sequence[bytes], _: int) -> None:
        groups.append(list(group))
        await asyncio.sleep(1)  # meanwhile more arrives than is dealt with at once
        if sum(map(len, groups)) == len(bodies):
            leave.set()

    async with asyncio.timeout(DEADLINE):
        await consume_groups(broker, QUEUE, deal_with, leave)
    assert [body for group in groups for body in group] == bodies
    assert max(map(len, groups)) == 16  # a million bytes each


async def test_no_more_is_sent_ahead_than_may_wait(broker: AbstractConnection) -> None:
    assert PREFETCH * LARGEST <= 200_000_000
    await send(broker, PREFETCH + 50, SMALL)
    leave, left_behind = asyncio.Event(), list[int]()

    async def deal_with(_: Sequence[bytes], __: int) -> None:
        if not left_behind:
            await asyncio.sleep(1)  # more would have arrived by now
            left_behind.append(await waiting(broker))
            leave.set()

    async with asyncio.timeout(DEADLINE):
        await consume_groups(broker, QUEUE, deal_with, leave)
    assert left_behind == [50]


async def waiting(broker: AbstractConnection) -> int:
    """How many messages the broker has and has sent to nobody."""
    async with broker.channel() as channel:
        queue = await channel.declare_queue(QUEUE, passive=True)
        return queue.declaration_result.message_count or 0
