"""An event on its way: what goes in comes out, and nothing else is taken for an event."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from properties import patient

from shared.events.envelope import LONGEST, Envelope, Malformed, decode, encode

TYPE = "dk.praksis.intake.ApplicationSubmitted.v1"
ENVELOPE = Envelope(
    id="0192f0c0-0000-7000-8000-000000000001",
    source="intake",
    type=TYPE,
    subject="application/0192f0c0-0000-7000-8000-000000000002",
    sequence=4,
    time=datetime(2026, 11, 3, 11, 30, 0, 250_000, tzinfo=UTC),
    correlation_id=UUID("0192f0c0-0000-7000-8000-000000000003"),
    causation_id="0192f0c0-0000-7000-8000-000000000004",
    traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    data={"municipality": "0390", "navn": "Rådgivning", "hours": None},
    dataschema="https://intake.praksis.example.dk/contracts/intake.ApplicationSubmitted.v1.json",
)
DOCUMENT: dict[str, Any] = {
    "specversion": "1.0",
    "id": "0192f0c0-0000-7000-8000-000000000001",
    "source": "/praksis/intake",
    "type": TYPE,
    "subject": "application/0192f0c0-0000-7000-8000-000000000002",
    "time": "2026-11-03T11:30:00.250000+00:00",
    "datacontenttype": "application/json",
    "dataschema": "https://intake.praksis.example.dk/contracts/intake.ApplicationSubmitted.v1.json",
    "partitionkey": "application/0192f0c0-0000-7000-8000-000000000002",
    "sequence": "4",
    "correlationid": "0192f0c0-0000-7000-8000-000000000003",
    "causationid": "0192f0c0-0000-7000-8000-000000000004",
    "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "data": {"municipality": "0390", "navn": "Rådgivning", "hours": None},
}
OPTIONAL = {"causationid", "traceparent"}
FOR_OTHERS = {"datacontenttype", "dataschema", "partitionkey"}
"""What CloudEvents readers want to know and Praksis does not ask."""

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
LINE = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=LONGEST)
NAME = LINE.filter(bool)
ENVELOPES = st.builds(
    Envelope,
    id=NAME,
    source=LINE,
    type=LINE,
    subject=LINE,
    sequence=st.integers(1, 9_999_999_999),
    time=st.datetimes(timezones=ZONES),
    correlation_id=st.uuids(),
    causation_id=st.none() | NAME,
    traceparent=st.none() | LINE,
    data=st.dictionaries(st.text(), JSON, max_size=4),
    dataschema=st.none() | st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1),
)


def body(**changed: Any) -> bytes:
    return json.dumps(DOCUMENT | changed).encode()


def without(*attributes: str) -> bytes:
    return json.dumps({name: value for name, value in DOCUMENT.items() if name not in attributes}).encode()


def malformed(received: bytes) -> str:
    with pytest.raises(Malformed) as error:
        decode(received)
    return str(error.value)


def unreadable(received: bytes) -> bool:
    return malformed(received).partition(" (")[0] == "an attribute cannot be read"


# there and back


@patient
@given(envelope=ENVELOPES)
def test_what_is_encoded_is_decoded_again(envelope: Envelope) -> None:
    assert decode(encode(envelope)) == envelope


@pytest.mark.parametrize("source", ["/partner", "https://partner.example/", "urn:partner", "/" + "x" * (LONGEST - 1)])
def test_the_source_of_another_system_stays_as_it_was_told(source: str) -> None:
    kept = encode(decode(body(source=source)))
    assert json.loads(kept)["source"] == source
    assert decode(kept).source == source


def test_what_begins_like_a_source_of_praksis_twice_does_not_become_one() -> None:
    received = decode(body(source="/praksis//praksis/intake"))
    assert decode(encode(received)) == received


def test_an_envelope_is_a_cloudevent() -> None:
    assert json.loads(encode(ENVELOPE)) == DOCUMENT


def test_what_is_not_known_is_left_out() -> None:
    unknown = replace(ENVELOPE, causation_id=None, traceparent=None, dataschema=None)
    assert json.loads(encode(unknown)) == json.loads(without(*OPTIONAL, "dataschema"))


def test_letters_are_written_as_themselves() -> None:
    assert '"navn":"Rådgivning"' in encode(ENVELOPE).decode()


def test_attributes_are_named_as_cloudevents_demands() -> None:
    names = list(json.loads(encode(ENVELOPE)))
    assert [name for name in names if re.fullmatch("[a-z0-9]{1,20}", name)] == names


def test_the_routing_key_is_the_type_without_the_organisation() -> None:
    assert ENVELOPE.routing_key == "intake.ApplicationSubmitted.v1"


# what arrives


def test_a_document_is_read() -> None:
    assert decode(body()) == ENVELOPE


@pytest.mark.parametrize("left_out", [without(*OPTIONAL), body(causationid=None, traceparent=None)])
def test_the_cause_and_the_trace_may_be_left_out(left_out: bytes) -> None:
    assert decode(left_out) == replace(ENVELOPE, causation_id=None, traceparent=None)


def test_what_is_only_for_others_is_not_asked_for() -> None:
    assert decode(without(*FOR_OTHERS)) == replace(ENVELOPE, dataschema=None)


def test_the_address_of_the_schema_stays_as_it_was_told() -> None:
    for told in (
        "/contracts/intake.ApplicationSubmitted.v1.json",
        "urn:praksis:submitted",
        "https://x.dk/" + "x" * 300,
    ):
        read = decode(body(dataschema=told))
        assert read == replace(ENVELOPE, dataschema=told)
        assert json.loads(encode(read))["dataschema"] == told


@pytest.mark.parametrize("told", [None, "", 5, ["x"], {"x": 1}, "a\nb", "/rådgivning", "\ud800"])
def test_an_address_of_the_schema_that_is_none_is_left_out(told: object) -> None:
    assert decode(body(dataschema=told)) == replace(ENVELOPE, dataschema=None)


def test_an_attribute_that_nobody_knows_is_ignored() -> None:
    assert decode(body(colour="red")) == ENVELOPE


def test_a_time_of_any_zone_is_taken() -> None:
    assert decode(body(time="2026-11-03T12:30:00.25+01:00")) == ENVELOPE


@pytest.mark.parametrize("attribute", ["source", "type", "subject", "traceparent"])
def test_texts_may_be_so_long_and_no_longer(attribute: str) -> None:
    assert getattr(decode(body(**{attribute: "ø" * LONGEST})), attribute) == "ø" * LONGEST
    assert unreadable(body(**{attribute: "ø" * (LONGEST + 1)}))


# what is no event


@pytest.mark.parametrize(
    "received",
    [
        b"",
        b"{",
        b"hello",
        b"\xff\xfe\x00",
        b'{"id": "\xe6"}',
        b'{"a": 1} {"b": 2}',
        b"9" * 5_000,
        json.dumps(DOCUMENT).encode()[:-1],
    ],
)
def test_what_is_not_json_is_malformed(received: bytes) -> None:
    assert malformed(received).partition(":")[0] == "not JSON"


@pytest.mark.parametrize(
    "received", [b"null", b"1", b'"event"', b"[]", b"[{}]", b"{}", body(specversion="0.3"), body(specversion=1.0)]
)
def test_what_is_not_a_cloudevent_of_version_1_is_malformed(received: bytes) -> None:
    assert malformed(received) == "not a CloudEvent of version 1.0"


@pytest.mark.parametrize("attribute", sorted(DOCUMENT.keys() - OPTIONAL - FOR_OTHERS - {"specversion"}))
def test_an_event_that_lacks_an_attribute_is_malformed(attribute: str) -> None:
    assert malformed(without(attribute)) == f"attribute '{attribute}' is missing"


@pytest.mark.parametrize("value", ["one", "0192f0c0-0000-7000-8000", 5, ["x"], {"x": 1}])
def test_a_conversation_that_is_no_uuid_is_malformed(value: object) -> None:
    assert unreadable(body(correlationid=value))


@pytest.mark.parametrize("attribute", ["id", "causationid"])
@pytest.mark.parametrize("value", ["", 5, ["x"], {"x": 1}, "a\nb", "x" * (LONGEST + 1)])
def test_an_id_that_is_no_text_is_malformed(attribute: str, value: object) -> None:
    assert unreadable(body(**{attribute: value}))


def test_an_id_is_any_text_of_its_source() -> None:
    assert decode(body(id="7/æ", causationid="6")) == replace(ENVELOPE, id="7/æ", causation_id="6")


def test_an_event_is_known_by_its_source_and_its_id_together() -> None:
    told = {
        replace(ENVELOPE, source=source, id=id).identity for source in ("intake", "https://x.dk") for id in ("7", "8")
    }
    assert len(told) == 4
    assert replace(ENVELOPE, subject="another", data={}).identity == ENVELOPE.identity


@pytest.mark.parametrize("attribute", ["id", "source", "time", "sequence", "correlationid", "data"])
def test_an_attribute_that_says_nothing_is_malformed(attribute: str) -> None:
    assert unreadable(body(**{attribute: None}))


@pytest.mark.parametrize("time", ["", "soon", "2026-11-03", "2026-11-03T11:30:00", "2026-02-29T11:30:00Z", 0, []])
def test_a_time_that_is_none_or_has_no_zone_is_malformed(time: object) -> None:
    assert unreadable(body(time=time))


@pytest.mark.parametrize("data", ["", "text", 1, True, [], [{}]])
def test_data_that_is_no_object_is_malformed(data: object) -> None:
    assert unreadable(body(data=data))


@pytest.mark.parametrize("sequence", ["", "first", "1.5", [], {}])
def test_a_sequence_that_is_no_number_is_malformed(sequence: object) -> None:
    assert unreadable(body(sequence=sequence))


@patient
@given(received=st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
def test_whatever_else_arrives_is_malformed(received: bytes) -> None:
    assert malformed(received) != ""


# what is malformed in ways of its own


@pytest.mark.parametrize("opening", [b"[", b'{"data":'])
def test_what_is_nested_too_deeply_is_malformed(opening: bytes) -> None:
    assert malformed(opening * 100_000) != ""


def test_a_sequence_without_end_is_malformed() -> None:
    assert unreadable(body(sequence=float("inf")))


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("type", None),
        ("type", 5),
        ("subject", None),
        ("subject", {}),
        ("sequence", True),
        ("sequence", 1.5),
        ("traceparent", 5),
        ("subject", "application/\u0000"),
        ("type", "a\nb"),
        ("sequence", "0"),
    ],
)
def test_an_attribute_of_another_type_is_malformed(attribute: str, value: object) -> None:
    assert unreadable(body(**{attribute: value}))
