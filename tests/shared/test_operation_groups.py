"""Failures that are alike are seen, and tried again, together."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from operation_cases import (
    GROUPS,
    OPERATOR,
    REASON,
    TYPE,
    envelope,
    execute,
    fail,
    fail_body,
    interventions,
    of_type,
    rows,
    told,
    wait,
)
from service_under_test import ServiceUnderTest
from sqlalchemy import text

from shared.errors import Refused

ALIKE = {"outgoing": False, "type": TYPE, "reason": REASON}


async def groups(service: ServiceUnderTest) -> list[dict[str, Any]]:
    answer = await service.get(GROUPS, OPERATOR)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


async def retry(service: ServiceUnderTest, **changes: Any) -> Any:
    """How many events of a group are tried again because somebody has asked for it now."""
    answer = await service.post(f"{GROUPS}/retry", ALIKE | changes, OPERATOR)
    assert answer.status_code == 202, answer.text
    return answer.json()["retried"]


async def test_failures_are_grouped_by_type_and_reason(reporting_service: ServiceUnderTest) -> None:
    await fail(reporting_service, envelope(course=1), envelope(course=2), envelope(course=3))
    await fail(reporting_service, envelope(course=4), error=Refused("another"))
    await fail(reporting_service, of_type("Other", course=5), of_type("Other", course=6))
    await fail_body(reporting_service, b"no event", ValueError())
    await wait(reporting_service, envelope(2, 1), envelope(3, 1), envelope(2, 3), envelope(2, 4))
    found = [
        (each["outgoing"], each["type"], each["reason"], each["failures"], each["waiting"])
        for each in await groups(reporting_service)
    ]
    assert found == [
        (False, TYPE, REASON, 3, 3),
        (False, "dk.elsewhere.Other.v1", REASON, 2, 0),
        (False, TYPE, "Refused: another", 1, 1),
        (False, None, "ValueError", 1, 0),
    ]


async def test_a_group_says_since_when_and_when_last(reporting_service: ServiceUnderTest) -> None:
    await fail(reporting_service, *(envelope(course=course) for course in (1, 2, 3)))
    moments = [datetime(2030, 1, day, tzinfo=UTC) for day in (1, 2, 3)]
    statement = "update reporting.parked set first_failed_at = :first, last_failed_at = :last where subject like :like"
    async with reporting_service.database.work() as work:
        for course, first, last in ((1, 1, 1), (2, 0, 1), (3, 0, 2)):
            values = {"first": moments[first], "last": moments[last], "like": f"%{course}"}
            await work.session.execute(text(statement), values)
        await work.commit()
    (group,) = await groups(reporting_service)
    assert [datetime.fromisoformat(group[name]) for name in ("first_failed_at", "last_failed_at")] == [
        moments[0],
        moments[2],
    ]


async def test_nothing_has_failed(reporting_service: ServiceUnderTest) -> None:
    assert await groups(reporting_service) == []
    assert await retry(reporting_service) == 0


async def test_a_group_is_tried_again_and_nothing_else(reporting_service: ServiceUnderTest) -> None:
    await fail(reporting_service, envelope(course=1))
    await fail(reporting_service, envelope(course=2), error=Refused("another"))
    await fail(reporting_service, of_type("Other", course=3))
    await wait(reporting_service, envelope(2, 1))
    assert await retry(reporting_service) == 1
    states = "select state, retry_at <= now() from {schema}.parked order by subject, sequence"
    assert await rows(reporting_service, states) == [
        ("retrying", True),
        ("waiting", None),
        ("parked", None),
        ("parked", None),
    ]
    assert await rows(reporting_service, "select event_id, operator, action from {schema}.intervention") == [
        (envelope().id, "local:gert", "retry")
    ]


async def test_what_is_tried_again_later_is_tried_at_once(reporting_service: ServiceUnderTest) -> None:
    await fail(reporting_service, envelope(course=1), envelope(course=2), error=RuntimeError())
    assert await retry(reporting_service, reason="RuntimeError") == 2
    assert await rows(reporting_service, "select count(*) from {schema}.parked where retry_at <= now()") == [(2,)]


async def test_asking_twice_is_asking_once(reporting_service: ServiceUnderTest) -> None:
    await fail(reporting_service, *(envelope(course=course) for course in range(50)))
    at_once = await asyncio.gather(*(retry(reporting_service) for _ in range(3)))
    assert sum(at_once) == 50
    assert await retry(reporting_service) == 0
    assert await interventions(reporting_service) == [("retry", None, "local:gert")] * 50


async def test_a_group_does_not_wait_for_one_that_is_being_tried(reporting_service: ServiceUnderTest) -> None:
    await fail(reporting_service, envelope(course=1), envelope(course=2))
    async with reporting_service.database.work() as trying:
        tried = {"id": envelope(course=1).identity}
        await trying.session.execute(text("select 1 from reporting.parked where id = :id for update"), tried)
        assert await retry(reporting_service) == 1
    assert await rows(reporting_service, "select event_id from {schema}.intervention") == [(envelope(course=2).id,)]


async def test_a_large_group_is_tried_again_with_as_many_statements_as_a_small_one(
    reporting_service: ServiceUnderTest,
) -> None:
    await fail(reporting_service, envelope(course=0))
    await retry(reporting_service)
    async with reporting_service.statements() as few:
        await retry(reporting_service, reason="x")
    await execute(
        reporting_service,
        "with copy as (select gen_random_uuid() as id, parked.type, reason, body"
        " from {schema}.parked, generate_series(1, 5000)) insert into {schema}.parked"
        " (id, identity, event_id, state, type, reason, attempts, body, first_failed_at, last_failed_at)"
        " select id, id, id, 'parked', type, reason, 1, body, now(), now() from copy",
    )
    async with reporting_service.statements() as many:
        assert await retry(reporting_service) == 5000
    assert len(many) == len(few)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"outgoing": False, "type": TYPE},
        {"outgoing": "false", "type": TYPE, "reason": REASON},
        {"outgoing": 0, "type": TYPE, "reason": REASON},
        {"outgoing": False, "type": 1, "reason": REASON},
        {"outgoing": False, "type": TYPE, "reason": None},
        {"outgoing": False, "type": "a\x00b", "reason": REASON},
        {"outgoing": False, "type": TYPE, "reason": REASON, "state": "parked"},
    ],
    ids=str,
)
async def test_a_group_is_named_in_full(reporting_service: ServiceUnderTest, body: dict[str, Any]) -> None:
    assert told(await reporting_service.post(f"{GROUPS}/retry", body, OPERATOR)) == (422, "invalid-request")


async def test_what_is_no_event_is_not_tried_again(reporting_service: ServiceUnderTest) -> None:
    await fail_body(reporting_service, b"no event", ValueError())
    body = {"outgoing": False, "type": None, "reason": "ValueError"}
    assert told(await reporting_service.post(f"{GROUPS}/retry", body, OPERATOR)) == (409, "no-event")
