"""Publishes a batch of events with publisher confirms, and returns what the broker answered to each."""

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
"""Seconds until a publish without a confirm counts as failed. It is sent again later; consumers deduplicate by source
and id."""
LARGEST = 1_000_000
"""Most bytes of an event that is sent. The broker is configured to accept messages that are slightly larger, and no
more."""


class Outcome(Enum):
    """What became of an event in a batch."""

    CONFIRMED = "confirmed"
    UNSENT = "unsent"
    """Not confirmed, or not tried because an earlier event of its subject was not: it is sent again."""
    UNROUTABLE = "Unroutable"
    """Returned by the broker (`mandatory`): no queue is bound for it."""
    OVERSIZED = "Oversized"
    MALFORMED = "Malformed"
    """Consumers could not read it as an event of this service: the row was written into the log by hand."""
    REJECTED = "Rejected"
    """The broker has closed the channel because of it, as it does with a message that is larger than it accepts."""
    REFUSED = "Refused"
    """Negatively acknowledged (`basic.nack`): some queue would not take it, such as a full one of another system. The
    log and the other queues may have it."""


class Sending:
    """Publishes over one connection to the broker. After a `failure` the connection must be replaced."""

    def __init__(self, broker: AbstractConnection, channel: aiormq.Channel) -> None:
        self._broker = broker
        self._channel = channel
        self.failure: BaseException | None = None
        """The error because of which events are unsent, or None."""

    @classmethod
    async def over(cls, broker: AbstractConnection) -> "Sending":
        """Open a channel with publisher confirms on this connection."""
        channel = await broker.channel(publisher_confirms=True, on_return_raises=True)
        underlay = await channel.get_underlay_channel()
        assert isinstance(underlay, aiormq.Channel)
        return cls(broker, underlay)

    @property
    def is_closed_on_an_event(self) -> bool:
        """Whether the broker has closed the channel because of the content of an event; it does not say of which."""
        return isinstance(self.failure, ChannelPreconditionFailed)

    async def send(self, batch: Sequence[Envelope], *, one_by_one: bool = False) -> list[Outcome]:
        """Publish the batch and wait for the confirms; returns the outcome of each event, in the order of the batch.

        Of each subject only one event is in flight at a time: with two, the second could be taken although the first
        was not. With `one_by_one` a single event is in flight at all, so that it is known on which one the broker
        closes the channel.
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
        """Wait for every confirm. While a memory or disk alarm blocks publishing, the time limit does not run."""
        lost = self._channel.closing
        lost.add_done_callback(lambda _: [task.cancel() for task in sending])  # aiormq misses those begun just now
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
        """Whether the broker blocks publishing because of an alarm; if so, returns when the alarm is over."""
        transport = self._broker.transport
        if transport is None:
            return False
        # aio-pika's own `ready` ignores alarms; that of the aiormq connection below waits for their end.
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
                return Outcome.MALFORMED  # AMQP cannot encode an attribute; nothing has been sent
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
    """The first event of each subject, then the second of each, and so on."""
    waves: defaultdict[int, list[Envelope]] = defaultdict(list)
    met: defaultdict[str, int] = defaultdict(int)
    for envelope in batch:
        waves[met[envelope.subject]].append(envelope)
        met[envelope.subject] += 1
    for number in sorted(waves):
        yield waves[number]


def _is_known_again(envelope: Envelope, document: Mapping[str, Any]) -> bool:
    """Whether consumers can read the event, and its routing key says that it is this service's.

    An event that is sent and not found in the log is sent again; one that fails this check would never be found there.
    """
    return is_readable(document) and envelope.routing_key.startswith(f"{envelope.source}.")


def _properties(envelope: Envelope) -> aiormq.spec.Basic.Properties:
    """AMQP properties, which other systems' clients read without parsing the event: trace context, correlation id,
    message id."""
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
