"""What waits in a worker is bounded by its bytes, and the order stays however large events are."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest
from aio_pika import Message, connect
from aio_pika.abc import AbstractConnection
from pamqp.common import FieldTable

from shared.events import consumption
from shared.events.consumption import End, consume_groups

QUEUE = "heavy"
KILOBYTE = 1000


@pytest.fixture
async def broker(vhost: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AbstractConnection]:
    """One whose consumers hold at most 500 kB, or 5 messages of 100 kB, and deal with 200 kB at once."""
    monkeypatch.setattr(consumption, "GROUP_BYTES", 200 * KILOBYTE)
    monkeypatch.setattr(consumption, "HELD_BYTES", 500 * KILOBYTE)
    monkeypatch.setattr(consumption, "FEW", 5)
    async with await connect(vhost, timeout=10) as broker:
        channel = await broker.channel()
        arguments: FieldTable = {"x-queue-type": "quorum", "x-single-active-consumer": True}
        await channel.declare_queue(QUEUE, durable=True, arguments=arguments)
        yield broker


async def send(broker: AbstractConnection, sizes: Sequence[int]) -> list[bytes]:
    channel = await broker.channel()
    bodies = [str(number).encode().ljust(size) for number, size in enumerate(sizes)]
    for body in bodies:
        await channel.default_exchange.publish(Message(body), QUEUE)
    return bodies


@pytest.mark.parametrize(
    "sizes",
    [
        [100 * KILOBYTE] * 60,
        [10] * 300,
        [10] * 50 + [100 * KILOBYTE] * 30 + [10] * 50 + [100 * KILOBYTE] * 30,
        [600 * KILOBYTE, 10, 10, 600 * KILOBYTE, 600 * KILOBYTE, 10],
    ],
    ids=["large", "small", "both", "larger than may wait"],
)
async def test_memory_is_bounded_and_the_order_stays(broker: AbstractConnection, sizes: list[int]) -> None:
    bodies = await send(broker, sizes)
    taken: list[bytes] = []
    groups: list[int] = []
    leave, waiting = asyncio.Event(), []
    put = consumption._Arrived.put

    async def deal_with(group: Sequence[bytes], _: int) -> None:
        taken.extend(group)
        groups.append(sum(map(len, group)))
        await asyncio.sleep(0.02)  # meanwhile all arrives that the broker has been told it may send
        if len(set(taken)) == len(bodies):
            leave.set()

    async def noting(self: consumption._Arrived, message: object) -> None:
        await put(self, message)  # type: ignore[arg-type]
        waiting.append(self._bytes)

    consumption._Arrived.put = noting  # type: ignore[method-assign]
    try:
        async with asyncio.timeout(60):
            while await consume_groups(broker, QUEUE, deal_with, leave) is not End.LEFT or not leave.is_set():
                pass
    finally:
        consumption._Arrived.put = put  # type: ignore[method-assign]
    assert list(dict.fromkeys(taken)) == bodies
    assert max(groups) <= max(300 * KILOBYTE, max(sizes) + 200 * KILOBYTE)
    assert max(waiting) <= max(500 * KILOBYTE, max(sizes))
