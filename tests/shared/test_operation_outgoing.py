"""What operators do about events of the service's own that could not be sent."""

import asyncio

from operation_cases import (
    FAILURES,
    GROUPS,
    OPERATOR,
    cannot_send,
    envelope,
    execute,
    fail,
    interventions,
    listed,
    only_failure,
    path_of_only_failure,
    recorded,
    rows,
    sendable,
    told,
)
from service_under_test import ServiceUnderTest

LOG = "select id from {schema}.event order by position"


async def test_what_could_not_be_sent_is_listed_with_what_waits_behind_it(reporting_service: ServiceUnderTest) -> None:
    await cannot_send(reporting_service, recorded(), recorded(), recorded(), recorded(course=2))
    found = {failure["subject"]: failure for failure in await listed(reporting_service)}
    first, second = (found[recorded(course).subject] for course in (1, 2))
    assert (first["outgoing"], first["reason"], first["state"], first["waiting"]) == (True, "Unroutable", "parked", 2)
    assert (second["outgoing"], second["reason"], second["state"], second["waiting"]) == (
        True,
        "Unroutable",
        "parked",
        0,
    )
    ((id,),) = await rows(reporting_service, "select id from {schema}.event where sequence = 1 and subject like '%1'")
    assert (first["event_id"], first["id"] == first["event_id"]) == (str(id), False)


async def test_what_has_left_does_not_wait(reporting_service: ServiceUnderTest) -> None:
    await cannot_send(reporting_service, recorded(), recorded(), recorded())
    await execute(reporting_service, "update {schema}.event set dispatched_at = now() where sequence = 3")
    assert (await only_failure(reporting_service))["waiting"] == 1


async def test_a_retry_lets_the_relay_send_it_and_what_waits_behind_it(reporting_service: ServiceUnderTest) -> None:
    await cannot_send(reporting_service, recorded(), recorded())
    assert await sendable(reporting_service) == []
    path = f"{await path_of_only_failure(reporting_service)}/retry"
    answers = await asyncio.gather(*(reporting_service.post(path, name=OPERATOR) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [202, 409]
    assert told(await reporting_service.post(path, name=OPERATOR)) == (409, "already-settled")
    assert await sendable(reporting_service) == [str(id) for (id,) in await rows(reporting_service, LOG)]
    assert await reporting_service.rows("parked") == 0
    assert await interventions(reporting_service) == [("retry", None, "local:gert")]


async def test_what_is_given_up_never_leaves_and_what_waits_behind_it_does(reporting_service: ServiceUnderTest) -> None:
    await cannot_send(reporting_service, recorded(), recorded())
    path = f"{await path_of_only_failure(reporting_service)}/discard"
    answers = [await reporting_service.post(path, {"reason": "too much"}, OPERATOR) for _ in range(2)]
    assert (answers[0].status_code, told(answers[1])) == (200, (409, "already-settled"))
    (_, second) = [str(id) for (id,) in await rows(reporting_service, LOG)]
    assert await sendable(reporting_service) == [second]
    assert await rows(reporting_service, "select dispatched_at is not null from {schema}.event order by position") == [
        (True,),
        (False,),
    ]
    assert await reporting_service.rows("received") == 0
    assert await interventions(reporting_service) == [("discard", "too much", "local:gert")]


async def test_its_record_is_found_by_the_event(reporting_service: ServiceUnderTest) -> None:
    await cannot_send(reporting_service, recorded())
    failure = await only_failure(reporting_service)
    await reporting_service.post(f"{FAILURES}/{failure['id']}/retry", name=OPERATOR)
    path = f"/api/v1/operations/interventions?event_id={failure['event_id']}"
    found = (await reporting_service.get(path, OPERATOR)).json()
    assert [(each["action"], each["event_id"]) for each in found] == [("retry", failure["event_id"])]


async def test_the_same_subject_can_fail_on_its_way_in_and_out(reporting_service: ServiceUnderTest) -> None:
    await cannot_send(reporting_service, recorded(), recorded())
    await fail(reporting_service, envelope())
    waiting = {failure["outgoing"]: failure["waiting"] for failure in await listed(reporting_service)}
    assert waiting == {True: 1, False: 0}


async def test_a_group_is_sent_again_together(reporting_service: ServiceUnderTest) -> None:
    await cannot_send(reporting_service, *(recorded(course) for course in (1, 2, 3)), recorded(1))
    await fail(reporting_service, envelope())
    groups = (await reporting_service.get(GROUPS, OPERATOR)).json()
    (group,) = [each for each in groups if each["outgoing"]]
    assert (group["failures"], group["waiting"]) == (3, 1)
    chosen = {name: group[name] for name in ("outgoing", "type", "reason")}
    answers = [await reporting_service.post(f"{GROUPS}/retry", chosen, OPERATOR) for _ in range(2)]
    assert [(answer.status_code, answer.json()) for answer in answers] == [(202, {"retried": 3}), (202, {"retried": 0})]
    assert len(await sendable(reporting_service)) == 4
    assert [failure["outgoing"] for failure in await listed(reporting_service)] == [False]
    assert await interventions(reporting_service) == [("retry", None, "local:gert")] * 3
