"""The AsyncAPI document of every service says what its declarations say, and is kept where everybody can read it."""

import json
import os
import re
import warnings
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from published_contracts import EVENTS, sample_of

from local.provision import SERVICES
from local.state import CHECKOUT
from praksis.contracts import HANDLERS, export, write_descriptions
from shared.catalogue.asyncapi import ABOUT_THE_SERVER, asyncapi_of
from shared.catalogue.schemas import absolute, index, path_of, schema_of
from shared.contracts.base import Event
from shared.contracts.intake.applications import ApplicationAccepted
from shared.contracts.intake.rounds import RoundOpened
from shared.contracts.reporting.observations import ObservationRecorded
from shared.events.handlers import Handlers
from shared.events.topology import service_queue
from shared.work import UnitOfWork

KEPT = CHECKOUT / "docs" / "asyncapi"
CHANGED = """{file} is not what the declarations say. Run ACCEPT_CONTRACTS=1 pytest tests/contracts and commit it."""

Document = dict[str, Any]


def document_of(service: str) -> Document:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # FastStream warns where a part takes the place of another
        return asyncapi_of(service, HANDLERS[service], version(f"praksis-{service}"))


@pytest.fixture(params=SERVICES)
def service(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def document(service: str) -> Document:
    return document_of(service)


def resolved(document: Document, node: Document) -> Document:
    """What a reference leads to, step by step."""
    while (reference := node.get("$ref")) is not None:
        assert reference.startswith("#/")
        node = document
        for step in reference.removeprefix("#/").split("/"):
            node = node[unquote(step).replace("~1", "/").replace("~0", "~")]
    return node


def references(node: object) -> Iterator[Document]:
    match node:
        case {"$ref": str(reference)}:
            yield {"$ref": reference}
        case dict():
            for inner in node.values():
                yield from references(inner)
        case list():
            for inner in node:
                yield from references(inner)


def operations(document: Document, action: str) -> dict[str, Document]:
    """The operations of one action by the address of their channels."""
    return {
        resolved(document, operation["channel"])["address"]: operation
        for operation in document["operations"].values()
        if operation["action"] == action
    }


def payload_of(document: Document, operation: Document) -> Document:
    message, *others = operation["messages"]
    assert others == []
    return resolved(document, resolved(document, message)["payload"])


def without_references(document: Document, node: object) -> object:
    """A schema with what it refers to in the place of the references."""
    match node:
        case {"$ref": str(reference)}:
            return without_references(document, resolved(document, {"$ref": reference}))
        case dict():
            return {name: without_references(document, inner) for name, inner in node.items() if name != "$defs"}
        case list():
            return [without_references(document, inner) for inner in node]
        case _:
            return node


# what is kept


def test_what_is_kept_is_what_the_declarations_say(service: str) -> None:
    file = KEPT / f"{service}.json"
    if os.environ.get("ACCEPT_CONTRACTS") == "1":
        write_descriptions(KEPT)
    kept = json.loads(file.read_text(encoding="utf-8")) if file.exists() else None
    assert kept == document_of(service), CHANGED.format(file=file.relative_to(CHECKOUT))


def test_there_is_a_document_of_every_service_and_of_nothing_else() -> None:
    assert {file.name for file in KEPT.iterdir()} == {f"{service}.json" for service in SERVICES}
    assert {*HANDLERS} == {*SERVICES}


def test_everything_is_exported_into_one_folder(tmp_path: Path) -> None:
    written = export(tmp_path)
    assert {str(file.relative_to(tmp_path)) for file in written} == (
        {f"contracts/{event.routing_key()}.json" for event in EVENTS}
        | {"contracts/index.json"}
        | {f"asyncapi/{service}.json" for service in SERVICES}
    )
    assert json.loads((tmp_path / "contracts/index.json").read_bytes()) == index()
    for service in SERVICES:
        assert (tmp_path / f"asyncapi/{service}.json").read_bytes() == (KEPT / f"{service}.json").read_bytes()


def test_a_document_is_the_same_however_often_it_is_made(service: str) -> None:
    assert json.dumps(document_of(service)) == json.dumps(document_of(service))


# what a document says


def test_a_document_says_what_it_is_about(service: str, document: Document) -> None:
    assert document["asyncapi"] == "3.0.0"
    assert document["info"]["title"] == f"Praksis {service}"
    assert document["info"]["version"] == version(f"praksis-{service}")
    assert document["servers"] == {
        "development": {
            "host": "localhost:5672",
            "pathname": "/",
            "protocol": "amqp",
            "protocolVersion": "0.9.1",
            "description": ABOUT_THE_SERVER,
        }
    }


def test_every_reference_leads_somewhere(document: Document) -> None:
    found = [resolved(document, reference) for reference in references(document)]
    assert (len(found) > 0, [each for each in found if not isinstance(each, dict)]) == (True, [])


def test_everything_that_is_published_is_described(service: str, document: Document) -> None:
    published = {event.routing_key() for event in EVENTS if event.producer == service}
    assert operations(document, "send").keys() == published


def test_everything_that_is_reacted_to_is_described(service: str, document: Document) -> None:
    assert operations(document, "receive").keys() == {event.routing_key() for event in HANDLERS[service].events}


def test_nothing_else_is_described(document: Document) -> None:
    operating = {resolved(document, operation["channel"])["address"] for operation in document["operations"].values()}
    assert {channel["address"] for channel in document["channels"].values()} == operating
    assert {operation["action"] for operation in document["operations"].values()} <= {"send", "receive"}


def test_every_reaction_is_named_in_its_order(service: str, document: Document) -> None:
    described = {key: operation["description"] for key, operation in operations(document, "receive").items()}
    named = {key: [line.split("`")[1] for line in lines.splitlines()] for key, lines in described.items()}
    assert named == {
        event.routing_key(): [handler.name for handler in HANDLERS[service].of(event.type_name())]
        for event in HANDLERS[service].events
    }


def test_what_is_received_comes_through_the_queue_of_the_service(service: str, document: Document) -> None:
    for routing_key, operation in operations(document, "receive").items():
        channel = resolved(document, operation["channel"])
        binding = channel["bindings"]["amqp"]
        assert (binding["is"], binding["queue"]["name"]) == ("queue", service_queue(service, 1, 1))
        assert binding["queue"]["durable"] is True
        assert (channel["x-exchange"], operation["bindings"]["amqp"]["cc"]) == ("praksis.events", [routing_key])


def test_what_is_sent_goes_to_the_exchange_and_stays(document: Document) -> None:
    for routing_key, operation in operations(document, "send").items():
        binding = resolved(document, operation["channel"])["bindings"]["amqp"]
        assert (binding["is"], binding["exchange"]["name"]) == ("routingKey", "praksis.events")
        assert (binding["exchange"]["type"], binding["exchange"]["durable"]) == ("topic", True)
        sending = operation["bindings"]["amqp"]
        assert (sending["cc"], sending["deliveryMode"], sending["mandatory"]) == ([routing_key], 2, True)


EVERY_OPERATION = [
    pytest.param(service, event, action, id=f"{service}-{action}-{event.routing_key()}")
    for service in SERVICES
    for event in EVENTS
    for action, described in (("send", event.producer == service), ("receive", event in HANDLERS[service].events))
    if described
]


@pytest.mark.parametrize(("service", "event", "action"), EVERY_OPERATION)
def test_a_message_is_the_envelope_with_the_data_of_its_event(service: str, event: type[Event], action: str) -> None:
    document = document_of(service)
    operation = operations(document, action)[event.routing_key()]
    message = resolved(document, operation["messages"][0])
    assert (message["name"], message["contentType"]) == (event.routing_key(), "application/cloudevents+json")
    assert message["correlationId"] == {"location": "$message.payload#/correlationid"}
    assert {*message["headers"]["properties"]} == {"partitionkey", "traceparent"}
    assert message["headers"]["required"] == ["partitionkey"]
    payload = payload_of(document, operation)
    fixed = {name: field["const"] for name, field in payload["properties"].items() if "const" in field}
    assert fixed == {
        "specversion": "1.0",
        "source": f"/praksis/{event.producer}",
        "type": event.type_name(),
        "datacontenttype": "application/json",
    }
    schema_address = payload["properties"]["dataschema"]
    assert (schema_address["format"], schema_address["pattern"]) == ("uri", absolute(event.routing_key()))
    assert re.search(schema_address["pattern"], sample_of(event)["dataschema"])
    assert not re.search(schema_address["pattern"], path_of(event.routing_key()))
    assert {*payload["properties"]} - {*payload["required"]} == {"causationid", "traceparent"}
    schema = schema_of(event)
    schema = {"title": event.__name__} | {
        keyword: schema[keyword] for keyword in ("type", "description", "properties", "required")
    }
    expected = without_references({"$defs": schema_of(event).get("$defs", {})}, schema)
    assert without_references(document, payload["properties"]["data"]) == expected


# any declarations


async def greet(event: Event, work: UnitOfWork) -> None:
    """Say hello to the applicant."""


async def count(event: Event, work: UnitOfWork) -> None: ...


def test_reactions_are_described_by_their_words_and_else_by_their_names() -> None:
    on = Handlers()
    for event, function in ((ApplicationAccepted, count), (ApplicationAccepted, greet), (ObservationRecorded, count)):
        on(event)(function)
    described = operations(asyncapi_of("reporting", on, "1.2.3"), "receive")
    assert {key: operation["description"] for key, operation in described.items()} == {
        "intake.ApplicationAccepted.v1": "- `count`\n- `greet`: Say hello to the applicant.",
        "reporting.ObservationRecorded.v1": "- `count`",
    }


def test_a_service_may_react_to_what_it_publishes_itself() -> None:
    on = Handlers()
    on(RoundOpened)(count)
    document = asyncapi_of("intake", on, "1.2.3")
    assert operations(document, "receive").keys() == {"intake.RoundOpened.v1"}
    assert "intake.RoundOpened.v1" in operations(document, "send")


def test_a_service_without_reactions_only_publishes() -> None:
    assert operations(asyncapi_of("intake", Handlers(), "1.2.3"), "receive") == {}
