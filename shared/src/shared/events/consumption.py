"""Takes what has arrived on a queue, in groups and in order, and acknowledges a group once it has been dealt with."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from aio_pika import connect
from aio_pika.abc import AbstractIncomingMessage

GROUP = 200
PREFETCH = 2 * GROUP


async def consume_groups(
    amqp_url: str, queue: str, deal_with: Callable[[Sequence[bytes]], Awaitable[None]], stop: asyncio.Event
) -> None:
    """Hand the bodies of each group to `deal_with`, until `stop`.

    Raises when the connection or the consumer is lost, or what `deal_with` raises; the caller runs it again. What has
    not been acknowledged by then stays with the broker.
    """
    async with await connect(amqp_url, timeout=10) as broker:
        channel = await broker.channel(publisher_confirms=False)
        await channel.set_qos(prefetch_count=PREFETCH)
        arrived: asyncio.Queue[AbstractIncomingMessage | None] = asyncio.Queue()
        channel.close_callbacks.add(lambda *_: arrived.put_nowait(None))
        stopping = asyncio.create_task(stop.wait())
        stopping.add_done_callback(lambda _: arrived.put_nowait(None))
        try:
            await (await channel.get_queue(queue, ensure=True)).consume(arrived.put, timeout=10)
            while (group := await _next_group(arrived)) is not None:
                await deal_with([message.body for message in group])
                await group[-1].ack(multiple=True)
        finally:
            stopping.cancel()
        if not stop.is_set():
            raise ConnectionError("the broker has closed the channel")


async def _next_group(arrived: asyncio.Queue[AbstractIncomingMessage | None]) -> list[AbstractIncomingMessage] | None:
    """What has arrived, at least one message and at most `GROUP`; nothing once the end is in the queue."""
    group: list[AbstractIncomingMessage] = []
    while not group or (not arrived.empty() and len(group) < GROUP):
        message = await arrived.get()
        if message is None:
            return None
        group.append(message)
    return group
