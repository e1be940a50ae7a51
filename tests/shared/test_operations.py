"""What operators see and do about events that could not be handled, through the API of a service."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from service_under_test import ServiceUnderTest
from sqlalchemy import text

from shared.errors import Refused
from shared.events.envelope import Envelope, encode
from shared.events.failures import park, wait_behind

FAILURES = "/api/v1/operations/failures"
OPERATOR = "gert"


def envelope(sequence: int = 1, subject: str = "course/1") -> Envelope:
    return Envelope(
        id=UUID(int=sequence),
        source="scheduling",
        type="dk.praksis.scheduling.PhaseStarted.v1",
        subject=subject,
        sequence=sequence,
        time=datetime(2030, 1, 1, tzinfo=UTC),
        correlation_id=UUID(int=100),
        causation_id=None,
        traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        data={"phase": "start"},
    )


async def fail(service: ServiceUnderTest, body: bytes, error: Exception) -> None:
    async with service.database.work() as work:
        await park(work, service.database.tables, body, error, 1)
        await work.commit()


async def wait(service: ServiceUnderTest, *envelopes: Envelope) -> None:
    async with service.database.work() as work:
        await wait_behind(work, service.database.tables, envelopes)
        await work.commit()


async def rows(service: ServiceUnderTest, statement: str) -> list[tuple[Any, ...]]:
    async with service.database.work() as work:
        return [tuple(row) for row in await work.session.execute(text(statement))]


async def only_failure(service: ServiceUnderTest) -> dict[str, Any]:
    (failure,) = (await service.get(FAILURES, OPERATOR)).json()
    found: dict[str, Any] = failure
    return found


async def test_a_failure_is_listed_with_what_waits_behind_it(reporting_service: ServiceUnderTest) -> None:
    await fail(reporting_service, encode(envelope()), Refused("unknown-course"))
    await wait(reporting_service, envelope(2), envelope(3), envelope(4, "course/2"))
    failure = await only_failure(reporting_service)
    assert {
        name: failure[name] for name in ("state", "type", "source", "subject", "reason", "attempts", "waiting")
    } == {
        "state": "parked",
        "type": "dk.praksis.scheduling.PhaseStarted.v1",
        "source": "scheduling",
        "subject": "course/1",
        "reason": "Refused: unknown-course",
        "attempts": 1,
        "waiting": 2,
    }
    assert failure["trace_id"] == "0af7651916cd43dd8448eb211c80319c"
    shown = await reporting_service.get(f"{FAILURES}/{failure['id']}", OPERATOR)
    assert shown.json() == failure | {"body": encode(envelope()).decode()}


async def test_a_retry_is_due_at_once_however_often_it_is_asked_for(reporting_service: ServiceUnderTest) -> None:
    await fail(reporting_service, encode(envelope()), Refused("unknown-course"))
    path = f"{FAILURES}/{(await only_failure(reporting_service))['id']}/retry"
    answers = await asyncio.gather(*(reporting_service.post(path, name=OPERATOR) for _ in range(3)))
    assert [answer.status_code for answer in answers] == [202, 202, 202]
    assert await rows(reporting_service, "select state, retry_at <= now() from reporting.parked") == [
        ("retrying", True)
    ]
    assert (
        await rows(reporting_service, "select action, operator from reporting.intervention")
        == [("retry", "local:gert")] * 3
    )


async def test_what_is_given_up_is_gone_with_its_reason_on_record(reporting_service: ServiceUnderTest) -> None:
    await fail(reporting_service, encode(envelope()), Refused("unknown-course"))
    path = f"{FAILURES}/{(await only_failure(reporting_service))['id']}/discard"
    answer = await reporting_service.post(path, {"reason": "The course was a test"}, OPERATOR)
    assert answer.status_code == 200
    assert (await reporting_service.get(FAILURES, OPERATOR)).json() == []
    assert await rows(reporting_service, "select event_id from reporting.received") == [(envelope().id,)]
    assert await rows(reporting_service, "select action, reason, operator, body from reporting.intervention") == [
        ("discard", "The course was a test", "local:gert", encode(envelope()))
    ]


async def test_two_operators_give_the_same_up_and_one_is_told(reporting_service: ServiceUnderTest) -> None:
    await fail(reporting_service, encode(envelope()), Refused("unknown-course"))
    path = f"{FAILURES}/{(await only_failure(reporting_service))['id']}/discard"
    answers = await asyncio.gather(*(reporting_service.post(path, {"reason": "x"}, OPERATOR) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 404]
    assert await reporting_service.rows("intervention") == 1


async def test_what_was_no_event_can_be_given_up_but_not_tried_again(reporting_service: ServiceUnderTest) -> None:
    await fail(reporting_service, b"\xff\x00 not an event", ValueError())
    failure = await only_failure(reporting_service)
    assert (failure["event_id"], failure["type"], failure["state"]) == (None, None, "parked")
    retried = await reporting_service.post(f"{FAILURES}/{failure['id']}/retry", name=OPERATOR)
    assert (retried.status_code, retried.json()["type"]) == (409, "/problems/no-event")
    given_up = await reporting_service.post(f"{FAILURES}/{failure['id']}/discard", {"reason": "noise"}, OPERATOR)
    assert given_up.status_code == 200
    assert await reporting_service.rows("parked") == 0


async def test_what_is_settled_cannot_be_touched(reporting_service: ServiceUnderTest) -> None:
    path = f"{FAILURES}/{uuid4()}"
    answers = [
        await reporting_service.get(path, OPERATOR),
        await reporting_service.post(f"{path}/retry", name=OPERATOR),
        await reporting_service.post(f"{path}/discard", {"reason": "x"}, OPERATOR),
    ]
    assert {(answer.status_code, answer.json()["type"]) for answer in answers} == {(404, "/problems/unknown-failure")}
    assert await reporting_service.rows("intervention") == 0


async def test_giving_up_takes_a_reason(reporting_service: ServiceUnderTest) -> None:
    await fail(reporting_service, encode(envelope()), Refused("unknown-course"))
    path = f"{FAILURES}/{(await only_failure(reporting_service))['id']}/discard"
    for body in ({}, {"reason": ""}, {"reason": "a\x00b"}, {"reason": "x", "id": "y"}):
        assert (await reporting_service.post(path, body, OPERATOR)).status_code == 422
    assert await reporting_service.rows("parked") == 1


async def test_what_waits_is_not_a_failure_of_its_own(reporting_service: ServiceUnderTest) -> None:
    await fail(reporting_service, encode(envelope()), Refused("unknown-course"))
    await wait(reporting_service, envelope(2))
    ((waiting,),) = await rows(reporting_service, "select id from reporting.parked where state = 'waiting'")
    assert (await reporting_service.get(f"{FAILURES}/{waiting}", OPERATOR)).status_code == 404
    assert (await reporting_service.post(f"{FAILURES}/{waiting}/retry", name=OPERATOR)).status_code == 404
