"""Publishes a batch of events and waits until the broker has confirmed each, or has not."""

import asyncio
import struct
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Any

import aiormq
import structlog
from aio_pika import DeliveryMode
from aio_pika.abc import AbstractConnection
from aiormq.exceptions import ChannelPreconditionFailed, DeliveryError, PublishError
from opentelemetry.trace import SpanKind
from pamqp.common import FieldTable

from shared.events.envelope import CONTENT_TYPE, Envelope, as_json, document_of, is_readable
from shared.events.topology import EVENTS, PARTITION_KEY, TRACEPARENT
from shared.telemetry import context_of, tracer

log = structlog.get_logger(__name__)

CONFIRM_WITHIN = 30.0
"""Seconds until a publish without an answer counts as failed; it is then sent again, and deduplicated by its id."""
LARGEST = 1_000_000
"""Bytes of an event that is still sent; the broker is told to take a little more and no larger message."""


class Outcome(Enum):
    """What became of an event that was to be sent."""

    CONFIRMED = "confirmed"
    UNSENT = "unsent"
    """Not confirmed, or not tried because an earlier one of its subject was not: it is sent again."""
    UNROUTABLE = "Unroutable"
    """No queue would take it."""
    OVERSIZED = "Oversized"
    MALFORMED = "Malformed"
    """Nobody could read it as an event of this service: it has been written into the log by hand."""
    REJECTED = "Rejected"
    """The broker has closed the channel on it, as on one that is larger than this broker takes."""
    REFUSED = "Refused"
    """Some queue would not take it, as one of another system that is full; the others, and the log, may have it."""


class Sending:
    """One connection's worth of publishing."""

    def __init__(self, broker: AbstractConnection, channel: aiormq.Channel) -> None:
        self._broker = broker
        self._channel = channel
        self.failure: BaseException | None = None
        """Why something is unsent; the connection is then not to be trusted any more."""

    @classmethod
    async def over(cls, broker: AbstractConnection) -> "Sending":
        """Publish over this connection."""
        channel = await broker.channel(publisher_confirms=True, on_return_raises=True)
        underlay = await channel.get_underlay_channel()
        assert isinstance(underlay, aiormq.Channel)
        return cls(broker, underlay)

    @property
    def is_closed_on_an_event(self) -> bool:
        """Whether the broker has closed the channel because of what was in an event; it does not say in which."""
        return isinstance(self.failure, ChannelPreconditionFailed)

    async def send(self, batch: Sequence[Envelope], *, one_by_one: bool = False) -> list[Outcome]:
        """Publish the batch, and tell of each event what became of it.

        Of a subject, one event is on its way at a time: were two, the second could arrive although the first did not.
        With `one_by_one` nothing else is on its way at all: so it is known on which the broker closes the channel.
        """
        outcomes = dict.fromkeys((envelope.id for envelope in batch), Outcome.UNSENT)
        stuck: set[str] = set()
        for wave in ([envelope] for envelope in batch) if one_by_one else _waves(batch):
            trying = [envelope for envelope in wave if envelope.subject not in stuck]
            answers = await self._send_wave(trying)
            if one_by_one and self.is_closed_on_an_event:
                answers = [Outcome.REJECTED]
            for envelope, outcome in zip(trying, answers, strict=True):
                outcomes[envelope.id] = outcome
                if outcome is not Outcome.CONFIRMED:
                    stuck.add(envelope.subject)
            if self.failure is not None:
                break
        return list(outcomes.values())

    async def _send_wave(self, wave: Sequence[Envelope]) -> list[Outcome]:
        sending = [asyncio.create_task(self._publish(envelope)) for envelope in wave]
        if sending:
            await self._confirmed(sending)
        return [self._outcome(task) for task in sending]

    async def _confirmed(self, sending: Sequence[asyncio.Task[Outcome]]) -> None:
        """Wait for every answer. While an alarm lets the broker take nothing, the time limit rests."""
        lost = self._channel.closing
        lost.add_done_callback(lambda _: [task.cancel() for task in sending])  # nobody else tells those begun just now
        _, late = await asyncio.wait(sending, timeout=CONFIRM_WITHIN)
        while late:
            held = asyncio.create_task(self._held_back())
            await asyncio.wait([held, *late], return_when=asyncio.FIRST_COMPLETED, timeout=CONFIRM_WITHIN)
            was_held = not held.done() or held.result()
            held.cancel()
            if not was_held:
                break
            _, late = await asyncio.wait(late, timeout=CONFIRM_WITHIN)
        for task in late:
            task.cancel()
        await asyncio.gather(*sending, return_exceptions=True)
        lost.cancel()

    async def _held_back(self) -> bool:
        """Whether the broker takes nothing because of an alarm; returns when it takes again."""
        transport = self._broker.transport
        if transport is None:
            return False
        # The connection's own `ready` knows nothing of alarms; that of the one below it does.
        waiting = asyncio.create_task(transport.connection.ready())
        done, _ = await asyncio.wait([waiting], timeout=0.1)
        if done:
            return False
        log.warning("the broker takes nothing: it is short of memory or disk")
        await waiting
        return True

    async def _publish(self, envelope: Envelope) -> Outcome:
        document = document_of(envelope)
        try:
            body = as_json(document)
        except RecursionError:
            return Outcome.MALFORMED
        if len(body) > LARGEST:
            return Outcome.OVERSIZED
        if not _is_known_again(envelope, document):
            return Outcome.MALFORMED
        with tracer.start_as_current_span(
            f"publish {envelope.routing_key}",
            context=context_of(envelope.traceparent),
            kind=SpanKind.PRODUCER,
            attributes={"messaging.system": "rabbitmq", "messaging.message.id": envelope.id},
        ):
            try:
                await self._channel.basic_publish(
                    body,
                    exchange=EVENTS,
                    routing_key=envelope.routing_key,
                    properties=_properties(envelope),
                    mandatory=True,
                    wait=False,
                )
            except (TypeError, ValueError, struct.error):
                return Outcome.MALFORMED  # AMQP cannot hold an attribute, and nothing of it has been sent
            except PublishError:
                return Outcome.UNROUTABLE
            except DeliveryError:
                return Outcome.REFUSED
        return Outcome.CONFIRMED

    def _outcome(self, task: asyncio.Task[Outcome]) -> Outcome:
        if task.cancelled():
            self.failure = self.failure or self._why_unanswered()
        elif (error := task.exception()) is not None:
            self.failure = self.failure or error
        else:
            return task.result()
        return Outcome.UNSENT

    def _why_unanswered(self) -> Exception:
        if self._channel.is_closed:
            closing = self._channel.closing
            reason = closing.exception() if closing.done() and not closing.cancelled() else None
            if isinstance(reason, ChannelPreconditionFailed):
                return reason
            return ConnectionError("the channel was closed before the broker had confirmed")
        return TimeoutError("the broker has not confirmed in time")


def _waves(batch: Sequence[Envelope]) -> Iterator[list[Envelope]]:
    """The first events of all subjects, then the second ones, and so on."""
    waves: defaultdict[int, list[Envelope]] = defaultdict(list)
    met: defaultdict[str, int] = defaultdict(int)
    for envelope in batch:
        waves[met[envelope.subject]].append(envelope)
        met[envelope.subject] += 1
    for number in sorted(waves):
        yield waves[number]


def _is_known_again(envelope: Envelope, document: Mapping[str, Any]) -> bool:
    """Whether whoever reads it finds this event of this service.

    What is sent and not found in the log is sent again, and this one never would be found.
    """
    return is_readable(document) and envelope.routing_key.startswith(f"{envelope.source}.")


def _properties(envelope: Envelope) -> aiormq.spec.Basic.Properties:
    """What others' clients understand without reading the event: they continue its trace and its conversation."""
    headers: FieldTable = {PARTITION_KEY: envelope.subject}
    if envelope.traceparent is not None:
        headers[TRACEPARENT] = envelope.traceparent
    return aiormq.spec.Basic.Properties(
        content_type=CONTENT_TYPE,
        delivery_mode=DeliveryMode.PERSISTENT,
        correlation_id=str(envelope.correlation_id),
        headers=headers,
        message_id=envelope.id,
        message_type=envelope.type,
        timestamp=envelope.time,
    )
