"""One whole event of every version, made by hand: it is read, written and described in the same way for ever."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from published_contracts import EVENTS, GOLDEN, sample_of

from shared.catalogue.cloud_event import CloudEvent
from shared.catalogue.validation import problems_of
from shared.contracts.base import EVENT_TYPES, Event
from shared.contracts.upcasting import read, versions_read_by
from shared.events.envelope import decode, encode

MISSING = """{name} has no sample. Write one by hand to golden/{name}.json, as the broker carries it:
every field with a value that could be real, ids that are made up and stay. Take golden/{example}.json as an example."""

by_routing_key = pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.routing_key())


def bytes_of(event: type[Event], folder: Path = GOLDEN) -> bytes:
    file = folder / f"{event.routing_key()}.json"
    if not file.exists():
        example = EVENTS[0].routing_key()
        pytest.fail(MISSING.format(name=event.routing_key(), example=example), pytrace=False)
    return file.read_bytes()


def left_out(schema: dict[str, Any], data: Any, root: dict[str, Any], path: str) -> list[str]:
    """Every place that the schema has a field for and the data have no value for."""
    if "$ref" in schema:
        return left_out(root["$defs"][schema["$ref"].removeprefix("#/$defs/")], data, root, path)
    if data is None:
        return [path]
    if isinstance(data, list):
        inner = [left_out(schema["items"], each, root, f"{path}.{place}") for place, each in enumerate(data)]
        return [found for each in inner for found in each] if data else [path] * (schema.get("default") != [])
    if not isinstance(data, dict):
        return []
    fields = schema["properties"].items()
    return [found for name, field in fields for found in left_out(field, data.get(name), root, f"{path}.{name}")]


@by_routing_key
def test_a_sample_is_read_as_the_version_that_it_says(event: type[Event]) -> None:
    envelope = decode(bytes_of(event))
    assert EVENT_TYPES[envelope.type] is event
    assert envelope.source == event.producer
    assert envelope.subject == event.model_validate(envelope.data).subject


@by_routing_key
def test_the_data_of_a_sample_are_written_as_they_were_read(event: type[Event]) -> None:
    data = decode(bytes_of(event)).data
    assert event.model_validate(data).model_dump(mode="json") == data


@by_routing_key
def test_a_sample_is_sent_as_it_was_received(event: type[Event]) -> None:
    sample = bytes_of(event)
    assert json.loads(encode(decode(sample))) == sample_of(event)
    assert encode(decode(encode(decode(sample)))) == encode(decode(sample))


@by_routing_key
def test_a_sample_from_before_addresses_named_a_host_is_read_and_right(event: type[Event]) -> None:
    before = sample_of(event) | {"dataschema": f"/contracts/{event.routing_key()}.json"}
    assert replace(decode(json.dumps(before).encode()), dataschema=None) == replace(
        decode(bytes_of(event)), dataschema=None
    )
    assert problems_of(before) == []


@by_routing_key
def test_a_sample_is_what_its_schema_describes(event: type[Event]) -> None:
    assert problems_of(bytes_of(event)) == []


@by_routing_key
def test_a_sample_has_every_field(event: type[Event]) -> None:
    schema = event.model_json_schema()
    assert sample_of(event).keys() == CloudEvent.model_fields.keys()
    assert left_out(schema, decode(bytes_of(event)).data, schema, "data") == []


@by_routing_key
def test_a_sample_of_an_older_version_is_read_as_every_newer_one(event: type[Event]) -> None:
    envelope = decode(bytes_of(event))
    newer = [wanted for wanted in EVENTS if event in versions_read_by(wanted)]
    assert [type(read(envelope.type, envelope.data, wanted)) for wanted in newer] == newer


def test_every_sample_has_its_version_still() -> None:
    assert {file.name for file in GOLDEN.iterdir()} == {f"{event.routing_key()}.json" for event in EVENTS}


def test_no_two_samples_have_one_id() -> None:
    ids = [decode(bytes_of(event)).id for event in EVENTS]
    assert len({*ids}) == len(ids)


def test_a_version_without_a_sample_is_told_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(pytest.fail.Exception) as failed:
        bytes_of(EVENTS[1], tmp_path)
    assert str(failed.value).splitlines()[0] == (
        f"{EVENTS[1].routing_key()} has no sample. "
        f"Write one by hand to golden/{EVENTS[1].routing_key()}.json, as the broker carries it:"
    )


def test_what_a_sample_leaves_out_is_found() -> None:
    schema = {
        "$defs": {"Names": {"properties": {"da": {}, "en": {}}}},
        "properties": {
            "names": {"$ref": "#/$defs/Names"},
            "phases": {"items": {"$ref": "#/$defs/Names"}},
            "owes": {"items": {}, "default": []},
            "hours": {},
        },
    }
    data = {"names": {"da": "Opstart", "en": "Start"}, "phases": [{"da": "Opstart", "en": "Start"}], "owes": []}
    assert left_out(schema, data | {"hours": 0}, schema, "data") == []
    assert left_out(schema, data, schema, "data") == ["data.hours"]
    assert left_out(schema, {"phases": [], "names": {"da": "Opstart"}, "hours": None, "owes": []}, schema, "data") == [
        "data.names.en",
        "data.phases",
        "data.hours",
    ]
