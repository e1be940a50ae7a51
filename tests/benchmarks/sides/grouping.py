"""The other shape of an inbox: a FastStream subscriber that hands each message to a group and awaits its commit."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

from benchmarks import kernel
from benchmarks.child import Outcome, Parent, Task
from benchmarks.places import CONSUMER
from benchmarks.sides.effects import Effects
from faststream import AckPolicy
from faststream.rabbit import Channel, RabbitBroker, RabbitMessage, RabbitQueue

Waiting = tuple[bytes, asyncio.Future[None]]


class Grouping:
    """Gathers what has been handed in, up to a group, has it dealt with, and tells each that it is done."""

    def __init__(self, deal_with: Callable[[Sequence[bytes]], Awaitable[None]]) -> None:
        self._deal_with = deal_with
        self._arrived: asyncio.Queue[Waiting] = asyncio.Queue()

    async def committed(self, body: bytes) -> None:
        """Return once the group that the body has come into has been committed."""
        done = asyncio.get_running_loop().create_future()
        self._arrived.put_nowait((body, done))
        await done

    async def run(self) -> None:
        """Deal with group after group, for ever."""
        while True:
            group = [await self._arrived.get()]
            while not self._arrived.empty() and len(group) < kernel.PREFETCH:
                group.append(self._arrived.get_nowait())
            await self._deal_with([body for body, _ in group])
            for _, done in group:
                done.set_result(None)


async def await_the_group(task: Task, parent: Parent) -> Outcome:
    """As many messages under way as our inbox has, each acknowledged by itself after its group's commit."""
    kernel.configure(CONSUMER)
    database = kernel.consumer(task.place)
    rabbit = RabbitBroker(task.place.amqp_url, logger=None, default_channel=Channel(prefetch_count=kernel.PREFETCH))
    (queue,) = kernel.queues()
    async with Effects(task) as effects:
        grouping = Grouping(kernel.inbox(database, effects.counter).handle_group)

        @rabbit.subscriber(
            RabbitQueue(queue, declare=False), ack_policy=AckPolicy.MANUAL, decoder=_as_it_is, no_reply=True
        )
        async def take(body: bytes, message: RabbitMessage) -> None:
            await grouping.committed(body)
            await message.ack()

        began = time.monotonic()
        running = asyncio.create_task(grouping.run())
        await rabbit.start()
        await effects.complete(running)
        ended = time.monotonic()
        await rabbit.stop()
        running.cancel()
    await database.close()
    return Outcome(began, ended)


async def _as_it_is(message: RabbitMessage) -> bytes:
    return message.body
