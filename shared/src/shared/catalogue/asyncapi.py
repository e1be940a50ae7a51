"""Generates the AsyncAPI 3.0 document of a service from the events that it publishes and the reactions that it
declares.

FastStream generates it, for a broker that is declared and never connected. It imports an AMQP client, so no HTTP
process may import this module: the documents are exported and kept in the repository.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from faststream.rabbit import ExchangeType, QueueType, RabbitBroker, RabbitExchange, RabbitQueue
from faststream.specification import AsyncAPI
from pydantic import BaseModel

from shared.catalogue.cloud_event import cloud_event_of
from shared.contracts.base import Event
from shared.contracts.published import PUBLISHED
from shared.events.envelope import CONTENT_TYPE
from shared.events.handlers import Handlers, Reaction
from shared.events.topology import EVENTS, PARTITION_KEY, TRACEPARENT, service_queue

SOMEWHERE = "amqp://localhost:5672/"
ABOUT_THE_SERVER = "A RabbitMQ, wherever the system runs; every service and every other system has its own account."
ABOUT = """What {service} publishes and what it reacts to.

Every message is a CloudEvent 1.0 in structured mode. Its `dataschema` leads to the schema of its data, at the public
address of the service that published it; in older events, which the log still has, it is the path alone. Its AMQP
properties repeat what clients look for there: `correlation_id` is the `correlationid` of the envelope, and the header
`traceparent` its trace. Events of one source and subject arrive in order. They are taken in groups, in order and in one
transaction, and acknowledged after its commit; an event that comes again has no second effect, and one that fails waits
in the service together with the later events of its subject."""

_HEADERS = {
    "type": "object",
    "required": [PARTITION_KEY],
    "properties": {
        PARTITION_KEY: {"type": "string", "description": "The subject."},
        TRACEPARENT: {
            "type": "string",
            "description": "W3C trace context of what caused it, the same as in the envelope, if there is one.",
        },
    },
}


def asyncapi_of(service: str, handlers: Handlers, version: str) -> dict[str, Any]:
    """The document of a service, in the version of its package, with one queue; partitions add more."""
    broker = RabbitBroker(SOMEWHERE, description=ABOUT_THE_SERVER, logger=None)
    exchange = RabbitExchange(EVENTS, ExchangeType.TOPIC, durable=True)
    for event in _published_by(service):
        _declare_publication(broker, exchange, event)
    for event in handlers.events:
        queue = RabbitQueue(service_queue(service, 1, 1), QueueType.QUORUM, routing_key=event.routing_key())
        _declare_subscription(broker, exchange, queue, event)
    described = AsyncAPI(broker, title=f"Praksis {service}", version=version, description=ABOUT.format(service=service))
    document: dict[str, Any] = described.to_specification().to_jsonable()
    _describe_messages(document)
    for event in handlers.events:
        _describe_reactions(document, event, handlers.of(event.type_name()))
    return _in_order(document)


def _published_by(service: str) -> list[type[Event]]:
    return [event for event in PUBLISHED.values() if event.producer == service]


def _declare_publication(broker: RabbitBroker, exchange: RabbitExchange, event: type[Event]) -> None:
    broker.publisher(
        routing_key=event.routing_key(),
        exchange=exchange,
        persist=True,
        mandatory=True,
        title=f"send.{event.routing_key()}",
        description=event.__doc__,
        schema=cloud_event_of(event),
    )


def _declare_subscription(
    broker: RabbitBroker, exchange: RabbitExchange, queue: RabbitQueue, event: type[Event]
) -> None:
    subscribe = broker.subscriber(queue, exchange, title=f"receive.{event.routing_key()}", description=event.__doc__)
    subscribe(_taking(cloud_event_of(event)))


def _taking(message: type[BaseModel]) -> Callable[[BaseModel], Awaitable[None]]:
    """A handler from whose annotation FastStream reads the type of the message."""

    async def handle(event: BaseModel) -> None: ...

    handle.__annotations__["event"] = message
    return handle


def _describe_messages(document: dict[str, Any]) -> None:
    """Add what FastStream does not know of an envelope, under keys without the colon, which AsyncAPI does not allow."""
    for channel in document["channels"].values():
        for message in channel["messages"].values():
            message["$ref"] = _without_colon(message["$ref"])
    components = document["components"]
    components["messages"] = {
        _without_colon(key): {
            "name": _without_colon(key).partition(".")[2],
            "contentType": CONTENT_TYPE,
            "correlationId": {"location": "$message.payload#/correlationid"},
            "headers": _HEADERS,
            "payload": message["payload"],
        }
        for key, message in components["messages"].items()
    }


def _describe_reactions(document: dict[str, Any], event: type[Event], reactions: Sequence[Reaction]) -> None:
    """Add the handlers, in order, and the exchange of the queue: an AsyncAPI binding names either queue or exchange."""
    key = f"receive.{event.routing_key()}"
    document["channels"][key]["x-exchange"] = EVENTS
    document["operations"][key]["description"] = "\n".join(f"- {_words_of(reaction)}" for reaction in reactions)


def _words_of(reaction: Reaction) -> str:
    said = (reaction.function.__doc__ or "").strip()
    return f"`{reaction.name}`: {said}" if said else f"`{reaction.name}`"


def _without_colon(key: str) -> str:
    return key.partition(":")[0]


def _in_order(document: dict[str, Any]) -> dict[str, Any]:
    """The document with its parts sorted by name: FastStream keeps subscriptions in a set."""
    components = document["components"]
    return {
        **document,
        **{part: dict(sorted(document[part].items())) for part in ("channels", "operations")},
        "components": {part: dict(sorted(components[part].items())) for part in sorted(components)},
    }
