"""Takes events from the service's queues and gives each its effect exactly once.

What has arrived is handled in order in one transaction together with the record of having been seen, and acknowledged
after the commit. When a group fails, each of its events is handled alone, and only the guilty one is parked. So is what
is older than the memory of what has been received: it may have had its effect, and have been forgotten. While the
database is at fault nobody is guilty: the group is kept in hand until it has been handled, since the broker counts how
often it has to deliver one again.
"""

import asyncio
from collections.abc import Coroutine, Sequence
from datetime import datetime
from uuid import UUID

import structlog
from aio_pika import connect
from aio_pika.abc import AbstractConnection

from shared.database import Database
from shared.events.consumption import DealWith, End, consume_groups
from shared.events.effects import Effects
from shared.events.envelope import Envelope, Malformed, decode
from shared.events.failures import IMMEDIATE_ATTEMPTS, is_permanent, park, set_apart, type_of
from shared.events.generations import (
    Generation,
    generations,
    has_lost_queues,
    is_drained,
    missing_queues,
    note_drained,
    note_tick,
    prepare_generation,
    queues,
    replay_once,
)
from shared.events.handlers import Handlers
from shared.events.log_stream import parse_start
from shared.events.memory import TooOld, remembered_since, require_remembered
from shared.events.replay import replay
from shared.events.retries import Retries
from shared.events.shares import Share
from shared.events.supervision import outlast, wait_for
from shared.events.topology import service_queue
from shared.monitoring import numbers
from shared.outages import is_outage

log = structlog.get_logger(__name__)

PAUSE_BETWEEN_ATTEMPTS = 0.2
"""Seconds, doubled from attempt to attempt."""
SUSPICIOUS = 2
"""A message that has been delivered so often before may be what ends the process that handles it. The broker would give
it up in the end, with its neighbours, and later events of their subjects would overtake them."""
LOOK_EVERY = 1.0
"""Seconds between looks whether another worker has read the log."""


class Inbox:
    """Runs in a service's worker until `stop` is set. Several workers share the queues, one at a time each."""

    def __init__(self, *, database: Database, handlers: Handlers, amqp_url: str) -> None:
        self._database = database
        self._handlers = handlers
        self._effects = Effects(database, handlers)
        self._retries = Retries(database=database, handlers=handlers)
        self._amqp_url = amqp_url
        self.queues: tuple[str, ...] = ()
        """What is being consumed now, by this worker or by another before which it stands by."""

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
        """The queues to read first. One that the broker has lost is made anew, and filled from the log."""
        found = await generations(self._database)
        for generation in found:
            if generation.declared_at is None:
                break
            lacks_some = has_lost_queues if generation is found[-1] else missing_queues
            if not await lacks_some(broker, self._database.service, generation):
                return generation
        await prepare_generation(self._database, self._amqp_url, self._handlers)
        return (await generations(self._database))[0]

    async def _replay(self, generation: Generation, stop: asyncio.Event) -> None:
        """Read the log first where the generation demands it, or wait until another worker has."""
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
        """Empty an old generation to its end, or consume the newest until `stop`. One lost queue ends them all."""
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
                    return  # another worker was at the end first, and has deleted the queue
                raise
        if end is End.DRAINED:
            await note_drained(self._database, generation, number)
            await (await broker.channel()).queue_delete(queue)
            log.info("queue emptied for good", queue=queue)

    def _outlasting(self, over: asyncio.Event, *, from_log: bool = False) -> DealWith:
        """Handles a group, however long the database is at fault, or until it is over."""

        async def handle(bodies: Sequence[bytes], deliveries: int = 0) -> None:
            await outlast(lambda: self.handle_group(bodies, deliveries, from_log=from_log), over)

        return handle

    async def handle_group(self, bodies: Sequence[bytes], deliveries: int = 0, *, from_log: bool = False) -> None:
        """Give a group its effect; when this returns, it has been committed.

        `deliveries` tells how often one of them has come before and was never acknowledged: it may be what has ended
        the process. What is read `from_log` has its effect however old it is: whoever reads it has left out what the
        service may have had and forgotten. Raises when the database is at fault; then the whole group is to be handled
        again.
        """
        since = None if from_log else remembered_since(self._database.clock.now())
        if deliveries >= SUSPICIOUS:
            log.warning("delivered again and again, all of the group is set apart first", size=len(bodies))
            await self._handle_set_apart(bodies, since)
            return
        try:
            await self._effects.of_all([decode(body) for body in bodies], since)
        except Exception as error:
            if is_outage(error):
                raise
            log.warning("group failed, each event is handled alone", size=len(bodies), error=type(error).__name__)
            for body in bodies:
                await self._handle_alone(body, since)

    async def _handle_set_apart(self, bodies: Sequence[bytes], since: datetime | None) -> None:
        """Handle events of which one may end the process, so that afterwards all are known, and their subjects wait."""
        arrived = []
        for body in bodies:
            try:
                envelope = decode(body)
                require_remembered(envelope, since)
                arrived.append((envelope, body))
            except (Malformed, TooOld) as error:
                await self._park(body, error, 1)
        try:
            to_be_tried = await self._set_apart([envelope for envelope, _ in arrived])
        except Exception as error:
            if is_outage(error):
                raise
            log.warning("group cannot be set apart, each event is alone", size=len(arrived), error=type(error).__name__)
            to_be_tried = [key for each in arrived for key in await self._set_apart_alone(*each)]
        for key in to_be_tried:
            await self._retries.try_counted(key)

    async def _set_apart(self, envelopes: Sequence[Envelope]) -> list[UUID]:
        async with self._database.work() as work:
            to_be_tried = await set_apart(work, self._database.tables, envelopes)
            await work.commit()
        return to_be_tried

    async def _set_apart_alone(self, envelope: Envelope, body: bytes) -> list[UUID]:
        try:
            return await self._set_apart([envelope])
        except Exception as error:
            if is_outage(error):
                raise
            await self._park(body, error, 1)
            return []

    async def _handle_alone(self, body: bytes, since: datetime | None) -> None:
        pause = PAUSE_BETWEEN_ATTEMPTS
        service, type_name = self._database.service, type_of(body)
        for attempt in range(1, IMMEDIATE_ATTEMPTS + 1):
            if attempt > 1:
                numbers.retried(service, type_name)
            try:
                await self._effects.of_all([decode(body)], since)
                return
            except Exception as error:
                if is_outage(error):
                    raise
                numbers.attempt_failed(service, type_name, error)
                if attempt == IMMEDIATE_ATTEMPTS or is_permanent(error):
                    await self._park(body, error, attempt)
                    return
                await asyncio.sleep(pause)
                pause *= 2

    async def _park(self, body: bytes, error: Exception, attempts: int) -> None:
        async with self._database.work() as work:
            await park(work, self._database.tables, body, error, attempts)
            await work.commit()


async def _all_or_none(running: Sequence[Coroutine[None, None, None]], share: Share, over: asyncio.Event) -> None:
    """Run them side by side; when one fails, the others finish what they have in hand."""

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
