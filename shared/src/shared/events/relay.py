"""Takes what has been committed to the log to the broker, in the order of the log, and marks what it has confirmed.

One relay per service leads; the others wait for its advisory lock, which the database gives back when the leader dies.
The leader's lock, reads and marks share one connection: when that is lost, so is the leadership. A lost broker is
another matter: the leader goes on leading, and connects again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import asyncpg
import structlog
from aio_pika import connect
from aio_pika.abc import AbstractConnection

from shared.database import Database
from shared.events.envelope import Envelope
from shared.events.outgoing import Outgoing
from shared.events.sending import Outcome, Sending
from shared.events.supervision import Pace, keep_running, wait_for
from shared.monitoring import numbers
from shared.work import relay_channel

log = structlog.get_logger(__name__)

POLL_EVERY = 1.0
"""Seconds between looks at the log when no commit has woken the relay; picks up what committed late."""
LOOKS_APART = 0.02
"""Seconds at least between two looks at the log. A batch of many costs little more than one of one; a commit that comes
after a pause is not kept waiting."""
LEAD_AGAIN_AFTER = 2.0
"""Seconds between attempts of a standby to take the lead."""

BeforeSending = Callable[[AbstractConnection], Awaitable[None]]
"""What is done over a new connection before anything new leaves: it may let older events leave first."""


class Relay:
    """Runs in a service's worker until `stop` is set."""

    def __init__(self, *, database: Database, amqp_url: str, before_sending: BeforeSending | None = None) -> None:
        self._service = database.service
        self._dsn = database.dsn
        self._amqp_url = amqp_url
        self._before_sending = before_sending
        self._committed = asyncio.Event()
        self.leads = False

    async def run(self, stop: asyncio.Event) -> None:
        """Lead if possible, else stand by. Raises when the database is lost; the caller runs it again."""
        connection = await asyncpg.connect(
            self._dsn,
            timeout=10,
            command_timeout=60,
            server_settings={"application_name": relay_name(self._service), "search_path": self._service},
        )
        try:
            while not await self._take_the_lead(connection):
                if await wait_for(stop, LEAD_AGAIN_AFTER):
                    return
            self.leads = True
            log.info("relay leads")
            await connection.add_listener(relay_channel(self._service), lambda *_: self._committed.set())
            await self._lead(connection, stop)
        finally:
            self.leads = False
            await connection.close(timeout=5)

    async def _take_the_lead(self, connection: asyncpg.Connection) -> bool:
        return bool(
            await connection.fetchval("select pg_try_advisory_lock(hashtextextended($1, 0))", relay_lock(self._service))
        )

    async def _lead(self, connection: asyncpg.Connection, stop: asyncio.Event) -> None:
        """Send until `stop`, over as many connections to the broker as it takes."""
        outgoing = Outgoing(connection, self._service)

        async def send() -> None:
            try:
                await self._send(outgoing, stop)
            except Exception:
                if connection.is_closed():
                    over.set()
                raise

        over = asyncio.Event()
        connection.add_termination_listener(lambda _: over.set())
        stopping = asyncio.create_task(stop.wait())
        stopping.add_done_callback(lambda _: over.set())
        try:
            await keep_running("sending", send, over)
        finally:
            stopping.cancel()
        if not stop.is_set():
            raise ConnectionError("the connection to the database, and with it the lead, is lost")

    async def _send(self, outgoing: Outgoing, stop: asyncio.Event) -> None:
        async with await connect(self._amqp_url, timeout=10) as broker:
            if self._before_sending is not None:
                await self._before_sending(broker)
            sending = await Sending.over(broker)
            pace = Pace(LOOKS_APART)
            while not stop.is_set():
                await pace.turn()
                self._committed.clear()
                batch = await outgoing.next_batch()
                if batch:
                    outcomes = await sending.send(batch)
                    self._count(batch, outcomes, sending.failure)
                    await outgoing.settle(batch, outcomes)
                    if sending.failure is not None:
                        raise sending.failure
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


def relay_lock(service: str) -> str:
    """The name of the advisory lock that the leading relay of a service holds."""
    return f"praksis.relay.{service}"


def relay_name(service: str) -> str:
    """What a relay of the service is called among the database's connections."""
    return f"praksis-{service}-relay"
