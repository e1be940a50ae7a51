"""The exchanges and queues of Praksis, declared from this one place.

A topic exchange takes every event; a stream keeps everything for replay, which also makes every event routable. A
service's queues hold what the service reacts to. They hang on a consistent-hash exchange of their own, which gives all
events of a subject to the same queue, and belong to a generation: another number of queues is another generation. What
the broker gives up on after `DELIVERY_LIMIT` deliveries goes to the service's dead letters instead of being lost.
"""

from uuid import UUID

import structlog
from aio_pika import DeliveryMode, ExchangeType, Message
from aio_pika.abc import AbstractChannel
from aio_pika.exceptions import ChannelPreconditionFailed
from aiormq import spec
from aiormq.abc import AbstractConnection
from pamqp.common import FieldTable

from shared.events.handlers import Handlers
from shared.settings import REPLAY_WINDOW

log = structlog.get_logger(__name__)

EVENTS = "praksis.events"
DEAD = "praksis.dead"
LOG = "praksis.log"
_LOG: FieldTable = {
    "x-queue-type": "stream",
    "x-max-age": f"{REPLAY_WINDOW.days}D",
    "x-stream-max-segment-size-bytes": 50_000_000,  # only whole segments are ever deleted
}
DELIVERY_LIMIT = 20
PARTITION_KEY = "partitionkey"
"""The header that carries an event's subject; all events of one go to the same queue."""
TRACEPARENT = "traceparent"
"""The header that carries the W3C trace context, where instrumented clients look for it."""
MARK = "praksis.mark"
"""The AMQP type of a message that is no event: it tells a reader that it has come as far as this."""
TICK = "praksis.tick"
"""The AMQP type of a message that is no event: what stood before it in its queue has been dealt with when it is met."""
_WEIGHT = "20"


def service_exchange(service: str, generation: int) -> str:
    """The exchange that spreads a service's events over the queues of a generation."""
    return f"praksis.{service}.{generation}"


def service_queue(service: str, generation: int, number: int) -> str:
    """One of the queues of a generation, counted from 1."""
    return f"{service_exchange(service, generation)}.{number}"


def dead_letter_queue(service: str) -> str:
    """Where the broker puts what it has given up on delivering to a service."""
    return f"praksis.{service}.dead"


async def declare_shared(channel: AbstractChannel, service: str) -> None:
    """Declare what all services share, and a service's dead letters. Idempotent."""
    await declare_log(channel)
    await declare_dead_letters(channel, service)


async def declare_log(channel: AbstractChannel) -> None:
    """Declare the exchange that takes every event, and the stream that keeps them. Idempotent."""
    events = await channel.declare_exchange(EVENTS, ExchangeType.TOPIC, durable=True)
    kept = await channel.declare_queue(LOG, durable=True, arguments=_LOG)
    await kept.bind(events, "#")


async def declare_dead_letters(channel: AbstractChannel, service: str) -> None:
    """Declare where the broker puts what it has given up on delivering to a service. Idempotent.

    From there nothing may be dropped. From 4.0 on the broker drops by itself what has been delivered twenty times,
    unless it is told not to, which older brokers do not understand and do not need. A queue that is there from an older
    broker's time stays as it is: docs/operators.md has the policy that it takes.
    """
    await channel.declare_exchange(DEAD, ExchangeType.DIRECT, durable=True)
    connection = (await channel.get_underlay_channel()).connection
    endless: FieldTable = {"x-delivery-limit": -1} if _major_version(connection) >= 4 else {}
    arguments: FieldTable = {"x-queue-type": "quorum", **endless}
    name = dead_letter_queue(service)
    try:
        dead = await channel.declare_queue(name, durable=True, arguments=arguments)
    except ChannelPreconditionFailed:
        log.warning("dead letters are dropped after twenty deliveries, until a policy forbids it", queue=name)
        await channel.reopen()
        dead = await channel.declare_queue(name, durable=True, arguments={"x-queue-type": "quorum"})
    await dead.bind(DEAD, name)


def _major_version(connection: AbstractConnection) -> int:
    return int(str(connection.server_properties["version"]).partition(".")[0])


async def declare_generation(
    channel: AbstractChannel, service: str, generation: int, partitions: int, handlers: Handlers
) -> None:
    """Declare the queues of a generation and let the service's events come to them. Idempotent."""
    spread = await channel.declare_exchange(
        service_exchange(service, generation),
        ExchangeType.X_CONSISTENT_HASH,
        durable=True,
        arguments={"hash-header": PARTITION_KEY},
    )
    for number in range(1, partitions + 1):
        queue = await channel.declare_queue(
            service_queue(service, generation, number), durable=True, arguments=_queue_arguments(service)
        )
        await queue.bind(spread, _WEIGHT)
    for event in handlers.events:
        await spread.bind(EVENTS, event.routing_key())


async def retire_generation(channel: AbstractChannel, service: str, generation: int, numbers: list[int]) -> list[int]:
    """Let no more events come to these queues, and put a mark behind the last. Returns the queues that are not there.

    Idempotent: a second mark does no harm.
    """
    await channel.exchange_delete(service_exchange(service, generation))
    return [number for number in numbers if not await put_mark(channel, service_queue(service, generation, number))]


async def put_mark(channel: AbstractChannel, queue: str) -> bool:
    """Put a mark behind everything that is in a queue; tells whether the queue is there. The log takes no marks."""
    return await _put(channel, queue, Message(b"", type=MARK, delivery_mode=DeliveryMode.PERSISTENT))


async def put_tick(channel: AbstractChannel, queue: str, tick: UUID) -> bool:
    """Put a tick behind everything that is in a queue; tells whether the queue is there."""
    message = Message(b"", type=TICK, message_id=str(tick), delivery_mode=DeliveryMode.PERSISTENT)
    return await _put(channel, queue, message)


async def _put(channel: AbstractChannel, queue: str, message: Message) -> bool:
    answer = await channel.default_exchange.publish(message, queue, mandatory=True, timeout=30)
    return isinstance(answer, spec.Basic.Ack)  # otherwise it has come back


def _queue_arguments(service: str) -> FieldTable:
    return {
        "x-queue-type": "quorum",
        "x-single-active-consumer": True,  # a second worker stands by; two at once would break the order
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-overflow": "reject-publish",  # at-least-once dead lettering demands it
        "x-dead-letter-exchange": DEAD,
        "x-dead-letter-routing-key": dead_letter_queue(service),
        "x-dead-letter-strategy": "at-least-once",
    }
