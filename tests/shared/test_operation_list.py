"""The list of failures: which are wanted, and how it goes on beyond a page."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from operation_cases import (
    API,
    FAILURES,
    GROUPS,
    OPERATOR,
    REASON,
    TYPE,
    cannot_send,
    envelope,
    execute,
    fail,
    fail_body,
    listed,
    of_type,
    recorded,
    told,
)
from service_under_test import ServiceUnderTest, everybody_but

from shared.errors import Refused
from shared.operations.queries import SHOWN

COPIES = (
    "insert into {{schema}}.parked (id, identity, event_id, state, type, source, subject, sequence, reason, attempts, "
    "body, first_failed_at, last_failed_at) select md5(number::text)::uuid, md5(number::text)::uuid, number, 'parked', "
    "'{type}', 'scheduling', number::text, 1, 'Refused: x', 1, '', "
    "'2030-01-01'::timestamptz + number / 50 * interval '1 us', now()"
    " from generate_series(0, {last}) as numbers (number)"
)
"""Failures of which fifty always failed in the same microsecond."""


async def failures_of(service: ServiceUnderTest, number: int) -> list[str]:
    """So many failures, and their ids in the order in which they are listed."""
    await execute(service, COPIES.format(type=TYPE, last=number - 1))
    async with service.database.work() as work:
        parked = service.database.tables.parked
        statement = parked.select().with_only_columns(parked.c.id).order_by(parked.c.first_failed_at, parked.c.id)
        return [str(id) for id in await work.session.scalars(statement)]


async def pages(service: ServiceUnderTest, query: str = "") -> list[list[str]]:
    """The ids on each page, from one `Link` to the next."""
    found: list[list[str]] = []
    path: str | None = f"{FAILURES}{query}"
    while path:
        answer = await service.get(path, OPERATOR)
        assert answer.status_code == 200, answer.text
        found.append([failure["id"] for failure in answer.json()])
        path = answer.links.get("next", {}).get("url")
    return found


@pytest.mark.parametrize("number", [0, 1, SHOWN - 1, SHOWN, SHOWN + 1, 2 * SHOWN, 2 * SHOWN + 30])
async def test_every_failure_is_on_one_page(reporting_service: ServiceUnderTest, number: int) -> None:
    ids = await failures_of(reporting_service, number)
    expected = [ids[start : start + SHOWN] for start in range(0, number, SHOWN)] or [[]]
    assert await pages(reporting_service) == expected


async def test_a_list_goes_on_where_it_was_though_that_failure_has_been_settled(
    reporting_service: ServiceUnderTest,
) -> None:
    ids = await failures_of(reporting_service, SHOWN + 30)
    link = (await reporting_service.get(FAILURES, OPERATOR)).links["next"]["url"]
    await reporting_service.post(f"{FAILURES}/{ids[SHOWN - 1]}/discard", {"reason": "x"}, OPERATOR)
    answer = await reporting_service.get(link, OPERATOR)
    assert [failure["id"] for failure in answer.json()] == ids[SHOWN:]


async def test_the_next_page_is_of_the_same_selection(reporting_service: ServiceUnderTest) -> None:
    ids = await failures_of(reporting_service, SHOWN + 1)
    await fail(reporting_service, envelope(course=2))
    query = f"?state=parked&outgoing=false&type={TYPE}&reason=Refused%3A%20x"
    assert await pages(reporting_service, query) == [ids[:SHOWN], ids[SHOWN:]]


async def test_failures_are_selected_by_what_they_are(reporting_service: ServiceUnderTest) -> None:
    await fail(reporting_service, envelope(course=1))
    await fail(reporting_service, envelope(course=2), error=RuntimeError())
    await fail(reporting_service, of_type("Other", course=3))
    await fail_body(reporting_service, b"no event", Refused("unknown-course"))
    await cannot_send(reporting_service, recorded())

    async def names(query: str) -> list[str]:
        found = await listed(reporting_service, query)
        return sorted(f"{each['type'] and each['type'].split('.')[-2]} {each['reason']}" for each in found)

    outside, other, nothing = f"PhaseStarted {REASON}", f"Other {REASON}", f"None {REASON}"
    later, unsent = "PhaseStarted RuntimeError", "ObservationRecorded Unroutable"
    assert {
        query: await names(query)
        for query in (
            "",
            "?state=parked",
            "?state=retrying",
            "?outgoing=true",
            "?outgoing=false",
            f"?type={TYPE}",
            "?type=",
            f"?reason={REASON}",
            f"?reason={REASON}&type={TYPE}&outgoing=false&state=parked",
            "?reason=",
            "?type=unknown",
        )
    } == {
        "": sorted([outside, later, other, nothing, unsent]),
        "?state=parked": sorted([outside, other, nothing, unsent]),
        "?state=retrying": [later],
        "?outgoing=true": [unsent],
        "?outgoing=false": sorted([outside, later, other, nothing]),
        f"?type={TYPE}": [later, outside] if later < outside else [outside, later],
        "?type=": [nothing],
        f"?reason={REASON}": sorted([outside, other, nothing]),
        f"?reason={REASON}&type={TYPE}&outgoing=false&state=parked": [outside],
        "?reason=": [],
        "?type=unknown": [],
    }


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("state=waiting", "/state"),
        ("state=", "/state"),
        ("outgoing=perhaps", "/outgoing"),
        ("after=1", "/after"),
        ("after=1.2", "/after"),
        (f"after=-1.{UUID(int=1)}", "/after"),
        (f"after=12345678901234567.{UUID(int=1)}", "/after"),
        (f"after=1.{UUID(int=1)}x", "/after"),
    ],
)
async def test_what_nobody_can_ask_for_is_refused(
    reporting_service: ServiceUnderTest, query: str, pointer: str
) -> None:
    answer = await reporting_service.get(f"{FAILURES}?{query}", OPERATOR)
    assert told(answer) == (422, "invalid-request")
    assert [(error["in"], error["pointer"]) for error in answer.json()["errors"]] == [("query", pointer)]


@pytest.mark.parametrize("place", [f"0.{UUID(int=0)}", f"{10**16 - 1}.{UUID(int=2**128 - 1)}"])
async def test_a_list_can_go_on_from_any_place(reporting_service: ServiceUnderTest, place: str) -> None:
    await fail(reporting_service, envelope())
    assert len(await listed(reporting_service, f"?after={place}")) == (1 if place.startswith("0") else 0)


async def test_lists_and_groups_take_as_many_queries_for_many_as_for_one(reporting_service: ServiceUnderTest) -> None:
    async def queries(path: str) -> int:
        async with reporting_service.statements() as sent:
            assert (await reporting_service.get(path, OPERATOR)).status_code == 200
        return len(sent)

    await failures_of(reporting_service, 1)
    assert [await queries(path) for path in (FAILURES, GROUPS)] == [1, 1]
    await execute(reporting_service, "delete from {schema}.parked")
    await failures_of(reporting_service, SHOWN + 50)
    assert [await queries(path) for path in (FAILURES, GROUPS)] == [1, 1]


# What is on record


async def test_nothing_is_on_record_of_what_nobody_has_touched(reporting_service: ServiceUnderTest) -> None:
    answer = await reporting_service.get(f"{API}/interventions?event_id={uuid4()}", OPERATOR)
    assert (answer.status_code, answer.json()) == (200, [])


@pytest.mark.parametrize("query", ["", "?event_id=", "?event_id=" + "x" * 256])
async def test_a_record_is_asked_for_by_an_event(reporting_service: ServiceUnderTest, query: str) -> None:
    answer = await reporting_service.get(f"{API}/interventions{query}", OPERATOR)
    assert told(answer) == (422, "invalid-request")


# Who may


async def test_only_operators_see_and_do_any_of_it(reporting_service: ServiceUnderTest) -> None:
    await fail(reporting_service, envelope())
    stored = await reporting_service.stored()
    for name in (None, *everybody_but("operator")):
        expected = (401, "not-signed-in") if name is None else (403, "role-not-allowed")
        path, body = f"{FAILURES}/{envelope().identity}", {"reason": "x"}
        group: dict[str, Any] = {"outgoing": False, "type": TYPE, "reason": REASON}
        answers = [
            *[await reporting_service.get(each, name) for each in (FAILURES, path, GROUPS, f"{API}/interventions")],
            await reporting_service.post(f"{path}/retry", name=name),
            await reporting_service.post(f"{path}/discard", body, name),
            await reporting_service.post(f"{path}/edit", body | {"data": {}}, name, if_match='"1"'),
            await reporting_service.post(f"{GROUPS}/retry", group, name),
        ]
        assert [told(answer) for answer in answers] == [expected] * 8
    assert await reporting_service.stored() == stored
