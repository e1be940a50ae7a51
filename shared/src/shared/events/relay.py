"""The relay of the transactional outbox: publishes committed events, and marks those that the broker has confirmed.

Events leave in the order of the log, with publisher confirms. Delivery is at least once: an event whose mark was not
written is sent again, and consumers deduplicate.

One relay per service is the elected leader, by a lease that it renews (`lead.py`); the others stand by until it runs
out. The leader renews, reads and marks over one connection to the database: when that is lost, so is the leadership.
When the broker is lost, the leader keeps the lead and connects again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence

import asyncpg
import structlog
from aio_pika import connect
from aio_pika.abc import AbstractConnection
from uuid_utils.compat import uuid7

from shared.database import Database
from shared.events.envelope import Envelope
from shared.events.lead import Lead
from shared.events.outgoing import Outgoing
from shared.events.sending import Outcome, Sending
from shared.events.supervision import Pace, keep_running, wait_for
from shared.monitoring import numbers
from shared.silence import CONNECT_WITHIN, OF_THE_SERVER, limit_silence
from shared.work import relay_channel

log = structlog.get_logger(__name__)

POLL_EVERY = 1.0
"""Seconds between looks at the outbox when no notification has come; finds events whose transaction committed late."""
LOOKS_APART = 0.02
"""Least seconds between two looks at the outbox. A batch of many events costs little more than one of a single event; a
commit after a pause is picked up at once."""
LEAD_AGAIN_AFTER = 0.5
"""Seconds between a standby's attempts to take the lead."""
ANSWER_WITHIN = 10.0
"""Seconds until a statement without an answer counts as failed."""

BeforeSending = Callable[[AbstractConnection], Awaitable[None]]
"""Called with each new connection before anything is sent over it, so that events which the log has lost can be sent
before newer ones."""


AfterRefusal = Callable[[AbstractConnection, Collection[str]], Awaitable[None]]
"""Called with the ids of events that some queue has refused (`basic.nack`); the log and all other queues may have
them."""


async def _nothing(*_: object) -> None:
    pass


class Relay:
    """Runs in a service's worker until `stop` is set. `home` is the service's public address without a slash at the
    end, under which the JSON Schemas of its events are published."""

    def __init__(
        self,
        *,
        database: Database,
        amqp_url: str,
        home: str,
        before_sending: BeforeSending = _nothing,
        after_refusal: AfterRefusal = _nothing,
    ) -> None:
        self._service = database.service
        self._dsn = database.dsn
        self._amqp_url = amqp_url
        self._home = home
        self._before_sending = before_sending
        self._after_refusal = after_refusal
        self._committed = asyncio.Event()
        self._id = uuid7()
        self._lead: Lead | None = None
        self._one_by_one = False
        """Whether events are sent singly, to find the one on which the broker closes the channel."""

    @property
    def leads(self) -> bool:
        """Whether this relay holds a valid lease, so that no other worker can lead now."""
        return self._lead is not None and self._lead.lasts

    async def run(self, stop: asyncio.Event) -> None:
        """Lead if the lease is free, else stand by. Raises when the database is lost; the caller runs it again."""
        connection = await asyncpg.connect(
            self._dsn,
            timeout=CONNECT_WITHIN,
            command_timeout=ANSWER_WITHIN,
            server_settings={
                "application_name": relay_name(self._service),
                "search_path": self._service,
                **OF_THE_SERVER,
            },
        )
        limit_silence(connection)
        self._lead = lead = Lead(connection, self._id)
        try:
            while not await lead.take():
                if await wait_for(stop, LEAD_AGAIN_AFTER):
                    return
            log.info("relay leads")
            await connection.add_listener(relay_channel(self._service), lambda *_: self._committed.set())
            await self._send_while_leading(lead, stop)
        finally:
            await lead.give_back()
            await connection.close(timeout=5)

    async def _send_while_leading(self, lead: Lead, stop: asyncio.Event) -> None:
        """Send until `stop`; after an error of the broker, connect to it again."""
        outgoing = Outgoing(lead, self._service, self._home)
        over = asyncio.Event()
        stopping = asyncio.create_task(stop.wait())
        stopping.add_done_callback(lambda _: over.set())
        keeping = asyncio.create_task(lead.keep(over))
        try:
            await keep_running("sending", lambda: self._send(lead, outgoing, stop), over)
        finally:
            stopping.cancel()
            keeping.cancel()
        if not stop.is_set():
            raise ConnectionError("the connection to the database, or the lead, is lost")

    async def _send(self, lead: Lead, outgoing: Outgoing, stop: asyncio.Event) -> None:
        async with await connect(self._amqp_url, timeout=10) as broker:
            await self._before_sending(broker)
            sending = await Sending.over(broker)
            pace = Pace(LOOKS_APART)
            while not stop.is_set():
                await pace.turn()
                self._committed.clear()
                batch = await outgoing.next_batch()
                if batch:
                    if not lead.lasts:
                        await lead.renew()  # this process has stood still: another worker may lead
                    outcomes = await sending.send(batch, one_by_one=self._one_by_one)
                    self._count(batch, outcomes, sending.failure)
                    await outgoing.settle(batch, outcomes)
                    self._one_by_one = sending.is_closed_on_an_event and Outcome.REJECTED not in outcomes
                    if sending.failure is not None:
                        raise sending.failure
                    if refused := _ids_of(batch, outcomes, Outcome.REFUSED):
                        await self._after_refusal(broker, refused)
                else:
                    await self._wait_for_more(stop)

    def _count(self, batch: Sequence[Envelope], outcomes: Sequence[Outcome], failure: BaseException | None) -> None:
        for envelope, outcome in zip(batch, outcomes, strict=True):
            if outcome is Outcome.CONFIRMED:
                numbers.published(self._service, envelope.type)
            elif outcome is not Outcome.UNSENT:
                numbers.publish_failed(self._service, envelope.type, outcome)
        if failure is not None:
            numbers.publish_failed(self._service, None, failure)

    async def _wait_for_more(self, stop: asyncio.Event) -> None:
        waiting = [asyncio.create_task(event.wait()) for event in (self._committed, stop)]
        await asyncio.wait(waiting, timeout=POLL_EVERY, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()


def _ids_of(batch: Sequence[Envelope], outcomes: Sequence[Outcome], wanted: Outcome) -> list[str]:
    return [envelope.id for envelope, outcome in zip(batch, outcomes, strict=True) if outcome is wanted]


def relay_name(service: str) -> str:
    """The `application_name` of the relay's database connection, by which workers are counted."""
    return f"praksis-{service}-relay"
