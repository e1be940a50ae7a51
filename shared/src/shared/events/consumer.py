"""The message consumer of a service: takes events from its queues to its inbox, one generation of queues after the
other.

While the database is at fault, no event is blamed: the worker keeps the unacknowledged group and handles it again,
since each redelivery would count towards the broker's delivery limit.
"""

import asyncio
from collections.abc import Coroutine, Sequence
from uuid import UUID

import structlog
from aio_pika import connect
from aio_pika.abc import AbstractConnection

from shared.database import Database
from shared.events.consumption import DealWith, End, consume_groups
from shared.events.handlers import Handlers
from shared.events.inbox import Inbox
from shared.events.memory import remembered_since
from shared.events.recovery.generations import (
    Generation,
    generations,
    has_lost_queues,
    is_drained,
    missing_queues,
    note_drained,
    note_lost,
    note_tick,
    prepare_generation,
    queues,
    replay_once,
)
from shared.events.recovery.log_stream import parse_start
from shared.events.recovery.replay import replay
from shared.events.recovery.shares import Share
from shared.events.supervision import outlast, wait_for
from shared.events.topology import service_queue

log = structlog.get_logger(__name__)

LOOK_EVERY = 1.0
"""Seconds between looks whether another worker has finished reading the log."""


class Consumer:
    """Runs in a service's worker until `stop` is set. Several workers share the queues (partitions): each queue has a
    single active consumer, and the other workers stand by."""

    def __init__(self, *, database: Database, handlers: Handlers, amqp_url: str) -> None:
        self._database = database
        self._handlers = handlers
        self._inbox = Inbox(database=database, handlers=handlers)
        self._amqp_url = amqp_url
        self.queues: tuple[str, ...] = ()
        """The queues that are consumed now, by this worker or by another one for which it stands by."""

    @property
    def consuming(self) -> bool:
        return bool(self.queues)

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until `stop`, one generation of queues after the other.

        Raises when the connection, a consumer or a queue is lost; the caller runs it again.
        """
        async with await connect(self._amqp_url, timeout=10) as broker:
            while not stop.is_set():
                generation = await self._oldest(broker)
                await self._replay(generation, stop)
                await self._consume(broker, generation, stop)

    async def _oldest(self, broker: AbstractConnection) -> Generation:
        """The generation to consume now: the oldest that may still hold events.

        Where one is not declared yet, or the newest lacks a queue, generations are prepared: queues that the broker has
        lost are replaced by a new generation, which is filled by a replay of the log. What the lost queue of an older
        one held comes by a replay, too, before the newest is consumed.
        """
        service = self._database.service
        while found := await generations(self._database):
            oldest = found[0]
            if oldest.declared_at is None:
                break
            if len(found) == 1:
                if not await has_lost_queues(broker, service, oldest):
                    return oldest
                break
            lost = await missing_queues(broker, service, oldest)
            if not lost:
                return oldest
            await note_lost(self._database, oldest.number, lost)
        await prepare_generation(self._database, self._amqp_url, self._handlers)
        return (await generations(self._database))[0]

    async def _replay(self, generation: Generation, stop: asyncio.Event) -> None:
        """Replay the log first where the generation asks for it, or wait until another worker has done so."""
        if generation.replay_from is None:
            return
        start = parse_start(generation.replay_from)
        is_new = generation.number == 1
        horizon = None if is_new else remembered_since(self._database.clock.now())

        async def read() -> None:
            handle = self._outlasting(stop, from_log=True)
            events = await replay(self._database, self._handlers, self._amqp_url, start, handle, horizon=horizon)
            log.info("log replayed", start=generation.replay_from, events=events)

        while not stop.is_set() and not await replay_once(self._database, generation.number, read):
            await wait_for(stop, LOOK_EVERY)

    async def _consume(self, broker: AbstractConnection, generation: Generation, stop: asyncio.Event) -> None:
        """Drain an old generation, or consume the newest until `stop`. If one queue is lost, consuming ends for all of
        them."""
        self.queues = queues(self._database.service, [generation])
        log.info("consuming", queues=self.queues)
        over = asyncio.Event()
        share = Share(self._database, self.queues, over)
        stopping = asyncio.create_task(stop.wait())
        stopping.add_done_callback(lambda _: over.set())
        try:
            await _all_or_none(
                [
                    self._consume_partition(broker, generation.number, each, share, self._outlasting(over))
                    for each in generation.undrained
                ],
                share,
                over,
            )
        finally:
            stopping.cancel()
            self.queues = ()

    async def _consume_partition(
        self, broker: AbstractConnection, generation: int, number: int, share: Share, handle: DealWith
    ) -> None:
        queue = service_queue(self._database.service, generation, number)
        deal_with = share.noting(queue, handle)

        async def passed(tick: str) -> None:
            await note_tick(self._database, generation, number, UUID(tick))

        end = End.LEFT
        while end is End.LEFT and not share.is_over:
            try:
                end = await consume_groups(broker, queue, deal_with, share.line_up(queue), passed)
            except ConnectionError:
                if await is_drained(self._database, generation, number):
                    return  # another worker has drained and deleted the queue
                raise
        if end is End.DRAINED:
            await note_drained(self._database, generation, number)
            await (await broker.channel()).queue_delete(queue)
            log.info("queue emptied for good", queue=queue)

    def _outlasting(self, over: asyncio.Event, *, from_log: bool = False) -> DealWith:
        """A function that handles a group, and repeats it while the database is at fault, until `over` is set."""

        async def handle(bodies: Sequence[bytes], deliveries: int = 0) -> None:
            await outlast(lambda: self._inbox.handle_group(bodies, deliveries, from_log=from_log), over)

        return handle


async def _all_or_none(running: Sequence[Coroutine[None, None, None]], share: Share, over: asyncio.Event) -> None:
    """Consume all queues side by side; if one fails, the others finish the group that they are handling, and the error
    is raised."""

    async def guarded(each: Coroutine[None, None, None]) -> None:
        try:
            await each
        except BaseException:
            over.set()
            raise

    balancing = asyncio.create_task(guarded(share.keep_fair()))
    try:
        results = await asyncio.gather(*(guarded(each) for each in running), return_exceptions=True)
    finally:
        balancing.cancel()
    for result in results:
        if isinstance(result, BaseException):
            raise result
