"""What is wrong with an event that somebody wrote by hand: every field by its path, and nothing of what it holds."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from properties import patient
from published_contracts import EVENTS, sample_of

from shared.catalogue.validation import FieldProblem, problems_of
from shared.contracts.base import EVENT_TYPES, Event
from shared.contracts.intake.applications import ApplicationAccepted
from shared.contracts.intake.programmes import ProgrammePublished
from shared.contracts.intake.rounds import RoundOpened
from shared.events.envelope import Malformed, decode

ROUND = sample_of(RoundOpened)
PROGRAMME = sample_of(ProgrammePublished)
MOMENT = "must be a moment with its zone, as in 2026-11-03T23:59:59+01:00."
FORM = "does not have the right form."
NEEDED = "is required."
SECRET = "Jens Hansen, 010190-1234"
"""What an event should not hold, and no problem may repeat."""

by_routing_key = pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.routing_key())


def told(document: bytes | dict[str, Any]) -> list[tuple[str, str]]:
    return [(problem.path, problem.message) for problem in problems_of(document)]


def opened(**data: Any) -> dict[str, Any]:
    """An opened round with other data."""
    return ROUND | {"data": ROUND["data"] | data}


def without(document: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in names}


# what is right


@by_routing_key
def test_nothing_is_wrong_with_what_praksis_publishes(event: type[Event]) -> None:
    sample = sample_of(event)
    assert problems_of(sample) == problems_of(json.dumps(sample).encode()) == []


@pytest.mark.parametrize("left_out", ["datacontenttype", "dataschema", "partitionkey", "causationid", "traceparent"])
def test_what_nobody_asks_for_may_be_left_out(left_out: str) -> None:
    assert told(without(ROUND, left_out)) == told(ROUND | {left_out: None}) == []


def test_what_nobody_knows_may_be_there() -> None:
    assert told(opened(colour="red") | {"colour": "red"}) == []


def test_an_optional_part_may_be_left_out() -> None:
    document = deepcopy(PROGRAMME)
    del document["data"]["phases"][0]["owes"]
    assert told(document) == []


# what is no event at all


@pytest.mark.parametrize(
    "received",
    [b"", b"{", b"hello", b"\xff\xfe\x00", b'{"a": 1} {"b": 2}', b"9" * 5_000, b'{"x": NaN}', b"[" * 100_000],
)
def test_what_is_not_json_is_told_as_a_whole(received: bytes) -> None:
    assert told(received) == [("document", "is not JSON.")]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}, b"bytes", "\ud800"])
def test_what_json_cannot_say_is_told_as_a_whole(value: object) -> None:
    assert told(opened(programme=value)) == [("document", "is not JSON.")]


@pytest.mark.parametrize("received", [b"null", b"1", b'"event"', b"[]", b"[{}]"])
def test_what_is_no_object_is_told_as_a_whole(received: bytes) -> None:
    assert told(received) == [("document", "must be an object.")]


def test_of_an_empty_document_everything_is_missing() -> None:
    demanded = ["specversion", "id", "source", "type", "subject", "time", "sequence", "correlationid", "data"]
    assert told({}) == told(b"{}") == [(name, NEEDED) for name in demanded]


# the envelope


@pytest.mark.parametrize(
    ("attribute", "value", "message"),
    [
        ("specversion", "0.3", "must be '1.0'."),
        ("specversion", 1.0, "must be '1.0'."),
        ("id", 5, "must be a text."),
        ("id", None, "must be a text."),
        ("id", "", "must not be empty."),
        ("id", "x" * 256, "may have at most 255 characters."),
        ("correlationid", "0192f0c0-0000-7000-8000", "must be a UUID."),
        ("causationid", [], "must be a text."),
        ("source", None, "must be a text."),
        ("source", "a\nb", FORM),
        ("type", 5, "must be a text."),
        ("subject", {}, "must be a text."),
        ("subject", "round/\u0000", FORM),
        ("traceparent", 5, "must be a text."),
        ("traceparent", "\u009f", FORM),
        ("sequence", 4, "must be a text."),
        ("sequence", True, "must be a text."),
        ("sequence", "0", FORM),
        ("sequence", "-1", FORM),
        ("sequence", "1.5", FORM),
        ("sequence", "", FORM),
        ("sequence", "10000000000", FORM),
        ("time", "", MOMENT),
        ("time", "soon", MOMENT),
        ("time", "2026-11-03", MOMENT),
        ("time", "2026-11-03T11:30:00", MOMENT),
        ("time", "2026-02-29T11:30:00Z", MOMENT),
        ("time", "1720000000", MOMENT),
        ("time", 1720000000, MOMENT),
        ("datacontenttype", "text/xml", "must be 'application/json'."),
        (
            "dataschema",
            "/contracts/intake.RoundOpened.v2.json",
            "must lead to /contracts/intake.RoundOpened.v1.json, the schema of this type.",
        ),
        (
            "dataschema",
            "https://praksis.example.dk/contracts/intake.RoundClosed.v1.json",
            "must lead to /contracts/intake.RoundOpened.v1.json, the schema of this type.",
        ),
        ("dataschema", 5, "must be a text."),
        ("partitionkey", "round/another", "must be what the subject is."),
        ("partitionkey", 5, "must be a text."),
        ("data", None, "must be an object."),
        ("data", "text", "must be an object."),
        ("data", [], "must be an object."),
    ],
)
def test_an_attribute_that_does_not_fit_is_told(attribute: str, value: object, message: str) -> None:
    problems = told(ROUND | {attribute: value})
    beside = [("partitionkey", "must be what the subject is.")] if attribute == "subject" else []
    assert problems == [(attribute, message), *beside]


@pytest.mark.parametrize("sequence", ["1", "9999999999"])
def test_a_sequence_counts_from_1(sequence: str) -> None:
    assert told(ROUND | {"sequence": sequence}) == []


def test_everything_that_is_wrong_is_told_at_once_the_envelope_first() -> None:
    document = without(opened(programme=5, closes_at="soon"), "id") | {"sequence": "0"}
    assert told(document) == [
        ("id", NEEDED),
        ("sequence", FORM),
        ("data.programme", "must be a text."),
        ("data.closes_at", MOMENT),
    ]


# the type


@pytest.mark.parametrize(
    "type_name",
    [
        "",
        "RoundOpened",
        "intake.RoundOpened.v1",
        "dk.praksis.intake.RoundOpened",
        "dk.praksis.intake.Rounded.v1",
        ".v1",
    ],
)
def test_an_event_that_is_not_published_is_told(type_name: str) -> None:
    assert told(ROUND | {"type": type_name}) == [("type", "must be an event that is published here.")]


@pytest.mark.parametrize("version", ["0", "2", "10", "01", "x", ""])
def test_a_version_that_is_not_published_is_told_with_those_that_are(version: str) -> None:
    assert told(ROUND | {"type": f"dk.praksis.intake.RoundOpened.v{version}"}) == [
        ("type", "must be a version that there is: dk.praksis.intake.RoundOpened.v1.")
    ]


def test_an_event_that_only_a_test_knows_is_not_published() -> None:
    class Whispered(Event):
        """Nothing that a producer tells."""

        producer = "trial"
        about = "id"

        id: str

    assert EVENT_TYPES["dk.praksis.trial.Whispered.v1"] is Whispered
    assert told(ROUND | {"type": "dk.praksis.trial.Whispered.v1"}) == [
        ("type", "must be an event that is published here.")
    ]


# the data


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("round_id", "one", "must be a UUID."),
        ("round_id", None, "must be a UUID."),
        ("programme", None, "must be a text."),
        ("programme", 5, "must be a text."),
        ("closes_at", "2026-11-03", MOMENT),
        ("closes_at", "2026-11-03T23:59:59", MOMENT),
        ("closes_at", "2026-11-31T23:59:59Z", MOMENT),
        ("closes_at", 1793746799, MOMENT),
        ("closes_at", "1793746799", MOMENT),
        ("closes_at", {"at": "midnight"}, MOMENT),
        ("opens_at", None, MOMENT),
    ],
)
def test_a_field_that_does_not_fit_is_told(field: str, value: object, message: str) -> None:
    assert told(opened(**{field: value})) == [(f"data.{field}", message)]


def test_every_field_that_is_missing_is_told() -> None:
    assert told(ROUND | {"data": {}}) == [
        (f"data.{name}", NEEDED) for name in ("round_id", "programme", "opens_at", "closes_at")
    ]


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("version", "1", "must be a whole number."),
        ("version", 1.5, "must be a whole number."),
        ("version", True, "must be a whole number."),
        ("names", "Kursus", "must be an object."),
        ("names.da", None, "must be a text."),
        ("intake", "by post", "must be one of: 'rounds', 'rolling' or 'registration'."),
        ("intake", 1, "must be one of: 'rounds', 'rolling' or 'registration'."),
        ("valid_from", "2021-02-29", "must be a date, as in 2026-11-03."),
        ("valid_from", "2021-01-01T00:00:00Z", "must be a date, as in 2026-11-03."),
        ("valid_from", 20210101, "must be a date, as in 2026-11-03."),
        ("valid_until", "never", "must be a date, as in 2026-11-03."),
        ("hour_cap", "many", "must be a whole number."),
        ("phases", {}, "must be a list."),
        ("phases", None, "must be a list."),
        ("phases.1", "advice", "must be an object."),
        ("phases.2.names.en", 5, "must be a text."),
        ("phases.0.owes.1.per", "child", "must be one of: 'course' or 'daycare'."),
        ("phases.0.months", None, "must be a whole number."),
        ("skills", "parents", "must be a list."),
    ],
)
def test_a_field_inside_the_data_is_told_by_its_path(path: str, value: object, message: str) -> None:
    assert told(changed(PROGRAMME, ("data", *path.split(".")), value)) == [(f"data.{path}", message)]


def changed(document: dict[str, Any], path: tuple[str, ...], value: object) -> dict[str, Any]:
    """The document with another value at the path."""
    new = deepcopy(document)
    part: Any = new
    for step in path[:-1]:
        part = part[int(step)] if isinstance(part, list) else part[step]
    if isinstance(part, list):
        part[int(path[-1])] = value
    else:
        part[path[-1]] = value
    return new


@pytest.mark.parametrize("nullable", ["valid_until", "hour_cap"])
def test_null_is_taken_where_the_contract_takes_it(nullable: str) -> None:
    assert told(changed(PROGRAMME, ("data", nullable), None)) == []


def test_what_is_nested_without_end_is_told() -> None:
    nested: Any = "x"
    for _ in range(300):
        nested = [nested]
    assert told(opened(programme=nested)) == [("document", "is not what the contract demands.")]


def test_the_subject_is_what_the_data_are_about() -> None:
    other = "round/01920e55-1800-7b20-8000-0000000000b2"
    document = ROUND | {"subject": other, "partitionkey": other}
    assert told(document) == [("subject", "must be made from data.round_id, as in round/….")]


def test_a_subject_is_not_judged_by_data_that_do_not_fit() -> None:
    assert told(opened(round_id="one")) == [("data.round_id", "must be a UUID.")]


# any event


def places(node: object, *path: str) -> Iterator[tuple[str, ...]]:
    """Every place in a document, but the whole."""
    if path:
        yield path
    match node:
        case dict():
            for name, inner in node.items():
                yield from places(inner, *path, name)
        case list():
            for number, inner in enumerate(node):
                yield from places(inner, *path, str(number))


ODD = st.sampled_from([None, True, 0, -1, 1.5, "", SECRET, [], {}, [SECRET], {SECRET: SECRET}, "2026-11-03", "1"])
SAMPLES = [sample_of(event) for event in EVENTS]


@patient
@given(data=st.data())
def test_whatever_is_changed_no_problem_repeats_it(data: st.DataObject) -> None:
    document = data.draw(st.sampled_from(SAMPLES))
    path = data.draw(st.sampled_from(list(places(document))))
    problems = problems_of(changed(document, path, data.draw(ODD)))
    assert not any(SECRET in problem.path + problem.message for problem in problems)


@patient
@given(data=st.data())
def test_what_passes_is_read_by_every_consumer(data: st.DataObject) -> None:
    document = data.draw(st.sampled_from(SAMPLES))
    path = data.draw(st.sampled_from(list(places(document))))
    document = changed(document, path, data.draw(ODD))
    if problems_of(document) == []:
        envelope = decode(json.dumps(document).encode())
        event = EVENT_TYPES[envelope.type].model_validate(envelope.data)
        assert event.subject == envelope.subject


@patient
@given(data=st.data())
def test_what_cannot_be_received_does_not_pass(data: st.DataObject) -> None:
    document = data.draw(st.sampled_from(SAMPLES))
    name = data.draw(st.sampled_from(sorted(document)))
    document = document | {name: data.draw(ODD)}
    try:
        decode(json.dumps(document).encode())
    except Malformed:
        assert name in {problem.path for problem in problems_of(document)}


@patient
@given(data=st.data())
def test_every_required_field_is_missed_by_its_path(data: st.DataObject) -> None:
    event = data.draw(st.sampled_from(EVENTS))
    name = data.draw(st.sampled_from([name for name, field in event.model_fields.items() if field.is_required()]))
    document = sample_of(event)
    del document["data"][name]
    assert problems_of(document) == [FieldProblem(f"data.{name}", NEEDED)]


@patient
@given(received=st.binary() | st.text().map(str.encode))
def test_whatever_arrives_is_told_and_not_raised(received: bytes) -> None:
    assert problems_of(received) != []


def test_an_application_without_its_hours_passes() -> None:
    assert told(changed(sample_of(ApplicationAccepted), ("data", "hours"), None)) == []
