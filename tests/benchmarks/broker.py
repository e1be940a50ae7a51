"""Looks at queues."""

import asyncio
import time
from collections.abc import Sequence

from aio_pika import connect
from aio_pika.exceptions import ChannelNotFoundEntity


async def messages_in(amqp_url: str, queues: Sequence[str]) -> int:
    """How many messages wait in the queues."""
    async with await connect(amqp_url, timeout=10) as connection:
        channel = await connection.channel()
        found = [await channel.get_queue(queue, ensure=True) for queue in queues]
        return sum(queue.declaration_result.message_count or 0 for queue in found)


def require_messages(amqp_url: str, queues: Sequence[str], expected: int) -> None:
    """Raises RuntimeError unless exactly so many messages wait; the broker's count may lag behind for a moment."""
    deadline = time.monotonic() + 10
    while (found := asyncio.run(messages_in(amqp_url, queues))) != expected:
        if time.monotonic() > deadline:
            raise RuntimeError(f"{expected} messages should wait in {', '.join(queues)}, and {found} do")
        time.sleep(0.2)


async def consumers_of(amqp_url: str, queue: str) -> int:
    """How many consumers a queue has; none where there is no such queue yet."""
    async with await connect(amqp_url, timeout=10) as connection:
        channel = await connection.channel()
        try:
            found = await channel.get_queue(queue, ensure=True)
        except ChannelNotFoundEntity:
            return 0
        return found.declaration_result.consumer_count or 0


async def version(amqp_url: str) -> str:
    """The version that the broker gives as its own."""
    async with await connect(amqp_url, timeout=10) as connection:
        transport = connection.transport
        if transport is None:
            raise ConnectionError("the broker is gone")
        found = transport.connection.server_properties["version"]
        return found.decode() if isinstance(found, bytes) else str(found)
