"""The exchanges and queues of Praksis, declared from this one place.

A topic exchange takes every event; a quorum queue per service holds what the service reacts to; a stream keeps
everything for replay, which also makes every event routable. What the broker gives up on after `DELIVERY_LIMIT`
deliveries goes to the service's dead letters instead of being lost.
"""

from aio_pika import ExchangeType
from aio_pika.abc import AbstractChannel

from shared.events.handlers import Handlers

EVENTS = "praksis.events"
DEAD = "praksis.dead"
LOG = "praksis.log"
DELIVERY_LIMIT = 20


def service_queue(service: str) -> str:
    """The queue that a service's inbox consumes."""
    return f"praksis.{service}"


def dead_letter_queue(service: str) -> str:
    """Where the broker puts what it has given up on delivering to a service."""
    return f"{service_queue(service)}.dead"


async def declare_log(channel: AbstractChannel) -> None:
    """Declare what all services share. Idempotent."""
    events = await channel.declare_exchange(EVENTS, ExchangeType.TOPIC, durable=True)
    await channel.declare_exchange(DEAD, ExchangeType.DIRECT, durable=True)
    log = await channel.declare_queue(LOG, durable=True, arguments={"x-queue-type": "stream"})
    await log.bind(events, "#")


async def declare_service(channel: AbstractChannel, service: str, handlers: Handlers) -> None:
    """Declare a service's queue, its bindings and its dead letters. Idempotent; another argument is an error."""
    await declare_log(channel)
    name = service_queue(service)
    dead = await channel.declare_queue(dead_letter_queue(service), durable=True, arguments={"x-queue-type": "quorum"})
    await dead.bind(DEAD, name)
    queue = await channel.declare_queue(
        name,
        durable=True,
        arguments={
            "x-queue-type": "quorum",
            "x-single-active-consumer": True,  # a second worker stands by; two at once would break the order
            "x-delivery-limit": DELIVERY_LIMIT,
            "x-overflow": "reject-publish",  # at-least-once dead lettering demands it
            "x-dead-letter-exchange": DEAD,
            "x-dead-letter-routing-key": name,
            "x-dead-letter-strategy": "at-least-once",
        },
    )
    for event in handlers.events:
        await queue.bind(EVENTS, event.routing_key())
