"""What operators see and do about events that could not be handled, through the API of a service."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from operation_cases import (
    FAILURES,
    OPERATOR,
    REASON,
    TYPE,
    envelope,
    execute,
    fail,
    fail_body,
    interventions,
    listed,
    only_failure,
    path_of_only_failure,
    rows,
    told,
    wait,
)
from service_under_test import ServiceUnderTest
from sqlalchemy import MetaData, select, text, update

from shared.clock import FixedClock
from shared.database import Database
from shared.events.envelope import encode
from shared.events.failures import park
from shared.operations.commands import SOON, retry
from shared.tables import kernel_tables

EVENT_ID = envelope().id
ID = envelope().identity


async def test_a_failure_is_listed_with_what_waits_behind_it(reporting_service: ServiceUnderTest) -> None:
    await fail(reporting_service, envelope())
    await wait(reporting_service, envelope(2), envelope(3), envelope(4, course=2))
    failure = await only_failure(reporting_service)
    moments = {name: failure.pop(name) for name in ("first_failed_at", "last_failed_at")}
    assert failure == {
        "id": str(ID),
        "event_id": EVENT_ID,
        "outgoing": False,
        "state": "parked",
        "type": TYPE,
        "source": "scheduling",
        "subject": envelope().subject,
        "reason": REASON,
        "attempts": 1,
        "retry_at": None,
        "trace_id": "0af7651916cd43dd8448eb211c80319c",
        "waiting": 2,
    }
    shown = await reporting_service.get(f"{FAILURES}/{ID}", OPERATOR)
    assert shown.json() == failure | moments | {"version": 1, "body": encode(envelope()).decode()}
    assert shown.headers["ETag"] == '"1"'


@pytest.mark.parametrize("traceparent", [None, "", "x", "00-", "-", "00-abc", "00-abc-def-01"])
async def test_a_trace_is_shown_where_there_is_one(
    reporting_service: ServiceUnderTest, traceparent: str | None
) -> None:
    await fail(reporting_service, replace(envelope(), traceparent=traceparent))
    expected = "abc" if traceparent and "abc" in traceparent else None
    assert (await only_failure(reporting_service))["trace_id"] == expected


# Trying again


async def test_a_retry_is_due_at_once_and_asking_twice_is_asking_once(reporting_service: ServiceUnderTest) -> None:
    await fail(reporting_service, envelope())
    path = f"{FAILURES}/{ID}/retry"
    answers = [
        *await asyncio.gather(*(reporting_service.post(path, name=OPERATOR) for _ in range(3))),
        await reporting_service.post(path, name=OPERATOR),
    ]
    assert [answer.status_code for answer in answers] == [202] * 4
    assert await rows(reporting_service, "select state, retry_at <= now() from {schema}.parked") == [("retrying", True)]
    assert await interventions(reporting_service) == [("retry", None, "local:gert")]


async def test_what_is_tried_again_later_can_be_tried_at_once(reporting_service: ServiceUnderTest) -> None:
    await fail(reporting_service, envelope(), error=RuntimeError())
    assert (await only_failure(reporting_service))["state"] == "retrying"
    assert await rows(reporting_service, "select retry_at > now() from {schema}.parked") == [(True,)]
    assert (await reporting_service.post(f"{FAILURES}/{ID}/retry", name=OPERATOR)).status_code == 202
    assert await rows(reporting_service, "select retry_at <= now() from {schema}.parked") == [(True,)]
    assert await interventions(reporting_service) == [("retry", None, "local:gert")]


@pytest.mark.parametrize(("ahead", "recorded"), [(SOON, 0), (SOON + timedelta(microseconds=1), 1)])
async def test_what_is_due_within_a_second_is_asked_for_already(
    database_url: Callable[[str], str], ahead: timedelta, recorded: int
) -> None:
    clock = FixedClock(datetime(2030, 1, 1, tzinfo=UTC))
    tables = kernel_tables(MetaData(schema="intake"))
    database = Database(database_url("intake"), service="intake", tables=tables, clock=clock)
    async with database.work() as work:
        await park(work, tables, encode(envelope()), RuntimeError(), 1)
        await work.session.execute(update(tables.parked).values(retry_at=clock.instant + ahead))
        await retry(work, ID, "an operator")
        assert len((await work.session.execute(select(tables.intervention))).all()) == recorded
    await database.close()


async def test_a_retry_waits_for_a_try_that_is_under_way_but_not_without_end(
    reporting_service: ServiceUnderTest,
) -> None:
    await fail(reporting_service, envelope())
    async with reporting_service.database.work() as trying:
        await trying.session.execute(text("select 1 from reporting.parked for update"))
        assert told(await reporting_service.post(f"{FAILURES}/{ID}/retry", name=OPERATOR)) == (409, "being-tried")
        asked = asyncio.create_task(reporting_service.post(f"{FAILURES}/{ID}/retry", name=OPERATOR))
        await asyncio.sleep(0.5)
        await trying.session.execute(text("delete from reporting.parked"))
        await trying.session.execute(text("insert into reporting.received values (:id)"), {"id": ID})
        await trying.commit()
    assert told(await asked) == (409, "already-settled")
    assert await interventions(reporting_service) == []


# Giving up


async def test_what_is_given_up_is_gone_with_its_reason_on_record(reporting_service: ServiceUnderTest) -> None:
    await fail(reporting_service, envelope())
    answer = await reporting_service.post(f"{FAILURES}/{ID}/discard", {"reason": "The course was a test"}, OPERATOR)
    assert answer.status_code == 200
    assert await listed(reporting_service) == []
    assert await rows(reporting_service, "select identity from {schema}.received") == [(ID,)]
    assert await interventions(reporting_service) == [("discard", "The course was a test", "local:gert")]
    assert await rows(reporting_service, "select event_id, body from {schema}.intervention") == [
        (EVENT_ID, encode(envelope()))
    ]


async def test_two_operators_give_the_same_up_and_one_is_told(reporting_service: ServiceUnderTest) -> None:
    await fail(reporting_service, envelope())
    path = f"{FAILURES}/{ID}/discard"
    answers = await asyncio.gather(*(reporting_service.post(path, {"reason": "x"}, OPERATOR) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert await reporting_service.rows("intervention") == 1


async def test_one_gives_up_what_another_has_tried_again(reporting_service: ServiceUnderTest) -> None:
    await fail(reporting_service, envelope())
    answers = await asyncio.gather(
        reporting_service.post(f"{FAILURES}/{ID}/discard", {"reason": "x"}, OPERATOR),
        reporting_service.post(f"{FAILURES}/{ID}/retry", name=OPERATOR),
    )
    assert answers[0].status_code == 200
    assert answers[1].status_code == 202 or told(answers[1]) == (409, "already-settled")
    assert await reporting_service.rows("parked") == 0


@pytest.mark.parametrize(
    "body", [{}, {"reason": ""}, {"reason": " "}, {"reason": "a\x00b"}, {"reason": "x", "id": "y"}]
)
async def test_giving_up_takes_a_reason(reporting_service: ServiceUnderTest, body: dict[str, str]) -> None:
    await fail(reporting_service, envelope())
    answer = await reporting_service.post(f"{FAILURES}/{ID}/discard", body, OPERATOR)
    assert told(answer) == (422, "invalid-request")
    assert await reporting_service.rows("parked") == 1


# What is no event


async def test_what_was_no_event_can_be_given_up_but_not_tried_again(reporting_service: ServiceUnderTest) -> None:
    await fail_body(reporting_service, b"\xff\x00 not an event", ValueError())
    failure = await only_failure(reporting_service)
    assert (failure["event_id"], failure["type"], failure["state"]) == (None, None, "parked")
    path = f"{FAILURES}/{failure['id']}"
    assert told(await reporting_service.post(f"{path}/retry", name=OPERATOR)) == (409, "no-event")
    answers = [await reporting_service.post(f"{path}/discard", {"reason": "noise"}, OPERATOR) for _ in range(2)]
    assert (answers[0].status_code, told(answers[1])) == (200, (409, "already-settled"))
    assert await reporting_service.rows("parked") == 0
    assert await interventions(reporting_service) == [("discard", "noise", "local:gert")]


# What is settled


async def deeds(service: ServiceUnderTest, id: UUID) -> list[tuple[int, str]]:
    """The answers to everything that can be done about a failure."""
    path = f"{FAILURES}/{id}"
    edit = {"data": {}, "reason": "x"}
    return [
        told(await service.post(f"{path}/retry", name=OPERATOR)),
        told(await service.post(f"{path}/edit", edit, OPERATOR, if_match='"1"')),
        told(await service.post(f"{path}/discard", {"reason": "x"}, OPERATOR)),
    ]


async def test_what_has_been_handled_meanwhile_is_not_touched(reporting_service: ServiceUnderTest) -> None:
    await execute(reporting_service, f"insert into {{schema}}.received values ('{ID}')")
    assert await deeds(reporting_service, ID) == [(409, "already-settled")] * 3
    assert told(await reporting_service.get(f"{FAILURES}/{ID}", OPERATOR)) == (404, "unknown-failure")
    assert await reporting_service.rows("intervention") == 0


async def test_what_never_failed_is_not_known(reporting_service: ServiceUnderTest) -> None:
    id = uuid4()
    assert await deeds(reporting_service, id) == [(404, "unknown-failure")] * 3
    assert told(await reporting_service.get(f"{FAILURES}/{id}", OPERATOR)) == (404, "unknown-failure")
    assert await reporting_service.rows("intervention") == 0


async def test_what_waits_is_not_a_failure_of_its_own(reporting_service: ServiceUnderTest) -> None:
    await fail(reporting_service, envelope())
    await wait(reporting_service, envelope(2))
    assert await deeds(reporting_service, envelope(2).identity) == [(404, "unknown-failure")] * 3
    assert (await reporting_service.get(f"{FAILURES}/{envelope(2).identity}", OPERATOR)).status_code == 404
    assert await path_of_only_failure(reporting_service) == f"{FAILURES}/{ID}"
    assert await rows(reporting_service, "select state from {schema}.parked order by sequence") == [
        ("parked",),
        ("waiting",),
    ]
