"""An operator puts right the data of an event that could not be handled, and what it was stays on record."""

import asyncio
import json
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from operation_cases import (
    API,
    FAILURES,
    OPERATOR,
    cannot_send,
    envelope,
    fail,
    fail_body,
    interventions,
    of_type,
    only_failure,
    path_of_only_failure,
    recorded,
    rows,
    told,
)
from service_under_test import ServiceUnderTest

from shared.events.envelope import decode, encode
from shared.operations.editing import LARGEST

WRONG = envelope(on="the first of January")
RIGHT = {**envelope().data}
EDIT = f"{FAILURES}/{WRONG.identity}/edit"


def edit(data: Any = RIGHT, reason: str = "The date was in words") -> dict[str, Any]:
    return {"data": data, "reason": reason}


@pytest.fixture
async def service(reporting_service: ServiceUnderTest) -> ServiceUnderTest:
    """Reporting with one event that could not be handled, since its day is no day."""
    await fail(reporting_service, WRONG, error=ValueError())
    return reporting_service


async def errors_of(service: ServiceUnderTest, data: Any, language: str = "en") -> list[tuple[str, str]]:
    """Where data do not fit, and what is said of each place; nothing is stored."""
    content = json.dumps(edit(data)).encode()
    answer = await service.post(EDIT, content=content, name=OPERATOR, if_match='"1"', language=language)
    assert told(answer) == (422, "invalid-request")
    assert await rows(service, "select body from {schema}.parked") == [(encode(WRONG),)]
    assert await interventions(service) == []
    return [(error["pointer"], error["message"]) for error in answer.json()["errors"]]


async def test_an_edit_changes_the_data_and_nothing_else(service: ServiceUnderTest) -> None:
    before = await only_failure(service)
    answer = await service.post(EDIT, edit(), OPERATOR, if_match='"1"')
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    right = encode(replace(WRONG, data=RIGHT))
    assert answer.json() == before | {"version": 2, "body": right.decode()}
    assert (await service.get(f"{FAILURES}/{WRONG.identity}", OPERATOR)).json() == answer.json()
    assert await rows(service, "select body from {schema}.parked") == [(right,)]


async def test_what_an_event_was_stays_on_record(service: ServiceUnderTest) -> None:
    await service.post(EDIT, edit(reason="first"), OPERATOR, if_match='"1"')
    await service.post(EDIT, edit(RIGHT | {"phase": "end"}, "second"), OPERATOR, if_match='"2"')
    await service.post(f"{FAILURES}/{WRONG.identity}/discard", {"reason": "third"}, OPERATOR)
    history = await service.get(f"{API}/interventions?event_id={WRONG.id}", OPERATOR)
    told = [(each["action"], each["reason"], decode(each["body"].encode()).data) for each in history.json()]
    assert told == [
        ("discard", "third", RIGHT | {"phase": "end"}),
        ("edit", "second", RIGHT),
        ("edit", "first", WRONG.data),
    ]
    assert {(each["event_id"], each["operator"]) for each in history.json()} == {(WRONG.id, "local:gert")}


async def test_an_edited_event_is_not_tried_before_somebody_asks(reporting_service: ServiceUnderTest) -> None:
    service = reporting_service
    await fail(service, WRONG, error=RuntimeError())
    assert (await only_failure(service))["state"] == "retrying"
    await service.post(EDIT, edit(), OPERATOR, if_match='"1"')
    assert await rows(service, "select state, retry_at, attempts from {schema}.parked") == [("parked", None, 1)]


async def test_what_is_tried_after_an_edit_is_on_record(service: ServiceUnderTest) -> None:
    await service.post(EDIT, edit(), OPERATOR, if_match='"1"')
    assert (await service.post(f"{FAILURES}/{WRONG.identity}/retry", name=OPERATOR)).status_code == 202
    tried = await rows(service, "select body from {schema}.intervention where action = 'retry'")
    assert tried == [(encode(replace(WRONG, data=RIGHT)),)]


async def test_what_follows_the_event_in_its_envelope_is_kept_in_any_language(service: ServiceUnderTest) -> None:
    data = RIGHT | {"phase": "æøå Ω 🙂", "more": {"of": [1, 2.5, None, True]}}
    assert (await service.post(EDIT, edit(data), OPERATOR, if_match='"1"')).status_code == 200
    ((body,),) = await rows(service, "select body from {schema}.parked")
    assert decode(body) == replace(WRONG, data=data)


# What two operators see


async def test_of_two_edits_at_once_one_is_told_that_the_other_came_first(service: ServiceUnderTest) -> None:
    answers = await asyncio.gather(
        *(service.post(EDIT, edit(RIGHT | {"phase": phase}), OPERATOR, if_match='"1"') for phase in ("one", "other"))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    (stale,) = [answer for answer in answers if answer.status_code == 412]
    assert (told(stale), stale.headers["ETag"]) == ((412, "stale-version"), '"2"')
    (kept,) = [answer for answer in answers if answer.status_code == 200]
    assert (await service.get(f"{FAILURES}/{WRONG.identity}", OPERATOR)).json() == kept.json()
    assert await service.rows("intervention") == 1


@pytest.mark.parametrize(
    ("if_match", "status"), [(None, 428), ("*", 400), ('W/"1"', 400), ('"0"', 412), ('"2"', 412), ('"1"', 200)]
)
async def test_an_edit_names_the_version_it_rests_on(
    service: ServiceUnderTest, if_match: str | None, status: int
) -> None:
    assert (await service.post(EDIT, edit(), OPERATOR, if_match=if_match)).status_code == status


# What does not fit


@pytest.mark.parametrize(
    ("change", "pointer", "sentence"),
    [
        ({"on": None}, "/data/on", "This must be a date, as in 2026-11-03."),
        ({"on": "yesterday"}, "/data/on", "This must be a date, as in 2026-11-03."),
        ({"on": "2030-01-01T00:00:00"}, "/data/on", "This must be a date, as in 2026-11-03."),
        ({"on": 1_893_456_000}, "/data/on", "This must be a date, as in 2026-11-03."),
        ({"phase": 7}, "/data/phase", "This must be a text."),
        ({"phase": "half \ud800"}, "/data", "This is not valid."),
        ({"course_id": "1"}, "/data/course_id", "This must be a UUID."),
        (
            {"course_id": str(UUID(int=2))},
            "/data/course_id",
            "This says what the event is about, which stays as it is.",
        ),
        ({"more": "half \ud800"}, "/data", "This is not valid."),
        ({"more": float("inf")}, "/data", "This is not valid."),
        ({"more": float("nan")}, "/data", "This is not valid."),
    ],
    ids=str,
)
async def test_data_that_do_not_fit_are_refused_with_their_place(
    service: ServiceUnderTest, change: dict[str, Any], pointer: str, sentence: str
) -> None:
    assert await errors_of(service, RIGHT | change) == [(pointer, sentence)]


@pytest.mark.parametrize("data", [None, [], "text", 1, True], ids=str)
async def test_data_are_an_object(service: ServiceUnderTest, data: Any) -> None:
    assert await errors_of(service, data) == [("/data", "This must be an object.")]


async def test_every_field_that_does_not_fit_is_named_and_no_value_is_repeated(service: ServiceUnderTest) -> None:
    assert await errors_of(service, {"phase": 7, "secret": "Kirsten"}, "da") == [
        ("/data/course_id", "Feltet skal udfyldes."),
        ("/data/phase", "Det skal være en tekst."),
        ("/data/on", "Feltet skal udfyldes."),
    ]


@pytest.mark.parametrize(("bytes_over", "status"), [(0, 200), (1, 422)])
async def test_data_have_a_limit(service: ServiceUnderTest, bytes_over: int, status: int) -> None:
    room = LARGEST - len(json.dumps(RIGHT | {"more": ""}, separators=(",", ":")))
    data = RIGHT | {"more": "x" * (room + bytes_over)}
    if status == 200:
        assert (await service.post(EDIT, edit(data), OPERATOR, if_match='"1"')).status_code == 200
    else:
        assert await errors_of(service, data) == [("/data", "This may be at most 64 kB.")]


async def test_of_many_faults_the_first_are_told(reporting_service: ServiceUnderTest) -> None:
    opened = replace(envelope(), type="dk.praksis.scheduling.CourseOpened.v1", data=RIGHT)
    await fail(reporting_service, opened, error=ValueError())
    body = edit(RIGHT | {"daycares": ["x"] * 1000})
    answer = await reporting_service.post(f"{FAILURES}/{opened.identity}/edit", body, OPERATOR, if_match='"1"')
    assert (told(answer), len(answer.json()["errors"])) == ((422, "invalid-request"), 50)


async def test_events_that_nobody_here_has_described_take_any_data(reporting_service: ServiceUnderTest) -> None:
    event = of_type("Whatever")
    await fail(reporting_service, event)
    answer = await reporting_service.post(
        f"{FAILURES}/{event.identity}/edit", edit({"x": []}), OPERATOR, if_match='"1"'
    )
    assert (answer.status_code, decode(answer.json()["body"].encode())) == (200, replace(event, data={"x": []}))


@pytest.mark.parametrize(
    "body",
    [
        {"data": RIGHT},
        {"reason": "x"},
        {"data": RIGHT, "reason": ""},
        {"data": RIGHT, "reason": "x" * 201},
        {"data": RIGHT, "reason": "x", "subject": "course/2"},
        {"data": RIGHT, "reason": "x", "id": str(UUID(int=1))},
    ],
    ids=str,
)
async def test_an_edit_is_data_and_a_reason(service: ServiceUnderTest, body: dict[str, Any]) -> None:
    assert told(await service.post(EDIT, body, OPERATOR, if_match='"1"')) == (422, "invalid-request")
    assert await rows(service, "select body from {schema}.parked") == [(encode(WRONG),)]


@pytest.mark.parametrize(
    "content", [b'{"data": ', b'{"data": ' + b"[" * 100_000, b"\xff"], ids=["half", "deep", "bytes"]
)
async def test_what_cannot_be_read_is_no_edit(service: ServiceUnderTest, content: bytes) -> None:
    answer = await service.post(EDIT, content=content, name=OPERATOR, if_match='"1"')
    assert told(answer) == (400, "malformed-json")


@pytest.mark.parametrize(("depth", "status"), [(100, 200), (700, 422), (2000, 400)])
async def test_nesting_has_an_end(service: ServiceUnderTest, depth: int, status: int) -> None:
    content = json.dumps(edit()).replace("}", ', "more": ' + "[" * depth + "]" * depth + "}", 1).encode()
    assert (await service.post(EDIT, content=content, name=OPERATOR, if_match='"1"')).status_code == status


async def test_what_arrived_nested_without_end_can_be_seen_and_edited(reporting_service: ServiceUnderTest) -> None:
    arrived = encode(envelope()).replace(b'"data":{', b'"data":{"more":' + b"[" * 700 + b"]" * 700 + b",")
    await fail_body(reporting_service, arrived, ValueError())
    for path in (EDIT, EDIT.removesuffix("/edit")):
        page = await reporting_service.get(path.removeprefix("/api/v1"), OPERATOR, Accept="text/html")
        assert (page.status_code, page.text.count("[") >= 700) == (200, True)
    assert (await reporting_service.post(EDIT, edit(), OPERATOR, if_match='"1"')).status_code == 200


# What is not edited


async def test_what_is_no_event_is_not_edited(reporting_service: ServiceUnderTest) -> None:
    await fail_body(reporting_service, b"not an event", ValueError())
    path = f"{await path_of_only_failure(reporting_service)}/edit"
    assert told(await reporting_service.post(path, edit(), OPERATOR, if_match='"1"')) == (409, "no-event")


async def test_what_has_happened_here_is_not_rewritten(reporting_service: ServiceUnderTest) -> None:
    await cannot_send(reporting_service, recorded())
    path = f"{await path_of_only_failure(reporting_service)}/edit"
    answer = await reporting_service.post(path, edit(), OPERATOR, if_match='"1"', language="en")
    assert told(answer) == (409, "already-happened")
    assert answer.json()["detail"] == "The event is a fact in the log of this service, so it is not edited."
    assert await interventions(reporting_service) == []
