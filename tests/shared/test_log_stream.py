"""Where the log ends is found without putting anything into it."""

import asyncio

import pytest
from aio_pika import DeliveryMode, Message, connect
from aio_pika.abc import AbstractChannel

from shared.events.recovery.log_stream import FIRST, end_of_log, read_log
from shared.events.topology import EVENTS, LOG, declare_shared


async def _put(channel: AbstractChannel, size: int) -> None:
    events = await channel.get_exchange(EVENTS, ensure=False)
    message = Message(b"{}", delivery_mode=DeliveryMode.PERSISTENT)
    await asyncio.gather(*(events.publish(message, "intake.RoundOpened.v1") for _ in range(size)))


async def _offsets(vhost: str, start: str | int = FIRST) -> list[int]:
    return [entry.offset async for entries in read_log(vhost, start) for entry in entries]


async def test_the_end_is_the_last_event_however_large_the_newest_chunk_is(vhost: str) -> None:
    async with await connect(vhost, timeout=10) as broker:
        channel = await broker.channel()
        await declare_shared(channel, "intake")
        assert await end_of_log(broker) is None
        total = 0
        for size in [1, 2, 3000, 1, 700, 5000, 20, 1]:
            await _put(channel, size)
            total += size
            assert await end_of_log(broker) == total - 1


async def test_reading_to_the_end_leaves_nothing_in_the_log(vhost: str) -> None:
    async with await connect(vhost, timeout=10) as broker:
        channel = await broker.channel()
        await declare_shared(channel, "intake")
        assert await _offsets(vhost) == []
        await _put(channel, 1500)
        assert await _offsets(vhost) == list(range(1500))
        assert await _offsets(vhost, 1499) == [1499]
        assert await _offsets(vhost, 1500) == []


async def test_without_a_log_one_is_told_to_prepare(vhost: str) -> None:
    async with await connect(vhost, timeout=10) as broker:
        await declare_shared(await broker.channel(), "intake")
        await (await broker.channel()).queue_delete(LOG)
        with pytest.raises(ConnectionError, match="prepare the services"):
            await end_of_log(broker)
