"""Takes what has been committed to the log to the broker, in the order of the log, and marks what it has confirmed.

One relay per service leads; the others wait for its advisory lock, which the database gives back when the leader dies.
The leader's lock, reads and marks share one connection: when that is lost, so is the leadership.
"""

import asyncio
import json
from collections.abc import Sequence

import asyncpg
import structlog
from aio_pika import DeliveryMode, Message, connect
from aio_pika.abc import AbstractExchange
from opentelemetry.trace import SpanKind

from shared.events.envelope import CONTENT_TYPE, Envelope, encode
from shared.events.supervision import wait_for
from shared.events.topology import EVENTS
from shared.telemetry import context_of, tracer
from shared.work import relay_channel

log = structlog.get_logger(__name__)

BATCH = 500
CONFIRM_WITHIN = 30.0
"""Seconds until a publish without an answer counts as failed; it is then sent again, and deduplicated by its id."""
POLL_EVERY = 1.0
"""Seconds between looks at the log when no commit has woken the relay; picks up what committed late."""
LEAD_AGAIN_AFTER = 2.0
"""Seconds between attempts of a standby to take the lead."""


class Relay:
    """Runs in a service's worker until `stop` is set."""

    def __init__(self, *, service: str, dsn: str, amqp_url: str) -> None:
        self._service = service
        self._dsn = dsn
        self._amqp_url = amqp_url
        self._committed = asyncio.Event()
        self.leads = False

    async def run(self, stop: asyncio.Event) -> None:
        """Lead if possible, else stand by. Raises when a connection is lost; the caller runs it again."""
        connection = await asyncpg.connect(
            self._dsn,
            timeout=10,
            command_timeout=60,
            server_settings={"application_name": f"praksis-{self._service}-relay", "search_path": self._service},
        )
        try:
            while not await self._take_the_lead(connection):
                if await wait_for(stop, LEAD_AGAIN_AFTER):
                    return
            self.leads = True
            log.info("relay leads")
            await connection.add_listener(relay_channel(self._service), lambda *_: self._committed.set())
            await self._relay(connection, stop)
        finally:
            self.leads = False
            await connection.close(timeout=5)

    async def _take_the_lead(self, connection: asyncpg.Connection) -> bool:
        lock = f"praksis.relay.{self._service}"
        return bool(await connection.fetchval("select pg_try_advisory_lock(hashtextextended($1, 0))", lock))

    async def _relay(self, connection: asyncpg.Connection, stop: asyncio.Event) -> None:
        async with await connect(self._amqp_url, timeout=10) as broker:
            channel = await broker.channel(publisher_confirms=True, on_return_raises=True)
            exchange = await channel.get_exchange(EVENTS, ensure=False)
            while not stop.is_set():
                self._committed.clear()
                if await self._send_batch(connection, exchange) == 0:
                    await self._wait_for_more(stop)

    async def _wait_for_more(self, stop: asyncio.Event) -> None:
        waiting = [asyncio.create_task(event.wait()) for event in (self._committed, stop)]
        await asyncio.wait(waiting, timeout=POLL_EVERY, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()

    async def _send_batch(self, connection: asyncpg.Connection, exchange: AbstractExchange) -> int:
        rows = await connection.fetch(
            "select * from event where dispatched_at is null order by position limit $1", BATCH
        )
        if not rows:
            return 0
        answers = await asyncio.gather(*(self._send(row, exchange) for row in rows), return_exceptions=True)
        confirmed, failure = _confirmed_in_order(rows, answers)
        await connection.execute("update event set dispatched_at = now() where position = any($1)", confirmed)
        if failure is not None:
            raise failure
        return len(confirmed)

    async def _send(self, row: asyncpg.Record, exchange: AbstractExchange) -> None:
        envelope = _envelope(row, self._service)
        with tracer.start_as_current_span(
            f"publish {envelope.routing_key}",
            context=context_of(envelope.traceparent),
            kind=SpanKind.PRODUCER,
            attributes={"messaging.system": "rabbitmq", "messaging.message.id": str(envelope.id)},
        ):
            message = Message(
                encode(envelope),
                content_type=CONTENT_TYPE,
                delivery_mode=DeliveryMode.PERSISTENT,
                message_id=str(envelope.id),
                type=envelope.type,
                timestamp=envelope.time,
            )
            await exchange.publish(message, envelope.routing_key, mandatory=True, timeout=CONFIRM_WITHIN)


def _confirmed_in_order(
    rows: Sequence[asyncpg.Record], answers: Sequence[object]
) -> tuple[list[int], BaseException | None]:
    """The positions that may be marked, and the first failure.

    What follows a failure within its subject stays unmarked, so that it is sent again after what it must follow.
    """
    failed_subjects: set[str] = set()
    confirmed: list[int] = []
    failure: BaseException | None = None
    for row, answer in zip(rows, answers, strict=True):
        if isinstance(answer, BaseException):
            failed_subjects.add(row["subject"])
            failure = failure or answer
        elif row["subject"] not in failed_subjects:
            confirmed.append(row["position"])
    return confirmed, failure


def _envelope(row: asyncpg.Record, service: str) -> Envelope:
    return Envelope(
        id=row["id"],
        source=service,
        type=row["type"],
        subject=row["subject"],
        sequence=row["sequence"],
        time=row["time"],
        correlation_id=row["correlation_id"],
        causation_id=row["causation_id"],
        traceparent=row["traceparent"],
        data=json.loads(row["data"]),
    )
