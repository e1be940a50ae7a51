"""The exchanges and queues of Praksis, all declared in this module.

The topic exchange `praksis.events` takes every event. The stream `praksis.log` is bound to all of it and keeps every
event for replay; because of that binding no event is ever unroutable while the stream is there. Each service has quorum
queues for the event types that it subscribes to. They hang on a consistent-hash exchange of the service, which routes
by partition key, so that all events of a subject come to the same queue, and each queue has a single active consumer.
The queues of a service form a generation: another number of partitions is another generation. What the broker has
delivered `DELIVERY_LIMIT` times without an acknowledgement goes to the service's dead-letter queue instead of being
lost.
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
"""The AMQP header that carries an event's subject, by which the consistent-hash exchange routes."""
TRACEPARENT = "traceparent"
"""The AMQP header that carries the W3C trace context; instrumented clients look for it under this name."""
MARK = "praksis.mark"
"""The AMQP type of a control message that ends an old queue: behind it, no event will ever come."""
TICK = "praksis.tick"
"""The AMQP type of a control message that is put behind the events of a queue: when the consumer meets it, it has dealt
with everything that stood before it."""
_WEIGHT = "20"


def service_exchange(service: str, generation: int) -> str:
    """The name of the consistent-hash exchange that spreads a service's events over the partitions of a generation."""
    return f"praksis.{service}.{generation}"


def service_queue(service: str, generation: int, number: int) -> str:
    """The name of one queue (partition) of a generation; `number` counts from 1."""
    return f"{service_exchange(service, generation)}.{number}"


def dead_letter_queue(service: str) -> str:
    """The name of the service's dead-letter queue."""
    return f"praksis.{service}.dead"


async def declare_shared(channel: AbstractChannel, service: str) -> None:
    """Declare what all services share, and the service's dead-letter queue. Idempotent."""
    await declare_log(channel)
    await declare_dead_letters(channel, service)


async def declare_log(channel: AbstractChannel) -> None:
    """Declare the exchange that takes every event, and the stream that keeps them. Idempotent."""
    events = await channel.declare_exchange(EVENTS, ExchangeType.TOPIC, durable=True)
    kept = await channel.declare_queue(LOG, durable=True, arguments=_LOG)
    await kept.bind(events, "#")


async def declare_dead_letters(channel: AbstractChannel, service: str) -> None:
    """Declare the dead-letter exchange and the service's dead-letter queue. Idempotent.

    The dead-letter queue itself has no delivery limit, since nothing may be dropped from it. RabbitMQ from 4.0 on drops
    a message after twenty deliveries unless the queue says otherwise; older brokers have no such default and do not
    understand the argument. A queue that was declared on an older broker keeps its arguments; docs/operators.md has the
    policy for it.
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
    """Declare the exchange and the quorum queues of a generation, and bind them to the service's event types.
    Idempotent."""
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
    """Stop the flow of events into an old generation, and put a mark behind the last message of each queue. Returns the
    numbers of the queues that the broker has lost.

    Idempotent: a second mark does no harm.
    """
    await channel.exchange_delete(service_exchange(service, generation))
    return [number for number in numbers if not await put_mark(channel, service_queue(service, generation, number))]


async def put_mark(channel: AbstractChannel, queue: str) -> bool:
    """Put a mark behind all messages of a queue; returns whether the queue exists. Never used on the log."""
    return await _put(channel, queue, Message(b"", type=MARK, delivery_mode=DeliveryMode.PERSISTENT))


async def put_tick(channel: AbstractChannel, queue: str, tick: UUID) -> bool:
    """Put a tick behind all messages of a queue; returns whether the queue exists."""
    message = Message(b"", type=TICK, message_id=str(tick), delivery_mode=DeliveryMode.PERSISTENT)
    return await _put(channel, queue, message)


async def _put(channel: AbstractChannel, queue: str, message: Message) -> bool:
    answer = await channel.default_exchange.publish(message, queue, mandatory=True, timeout=30)
    return isinstance(answer, spec.Basic.Ack)  # otherwise the broker has returned it (mandatory)


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
