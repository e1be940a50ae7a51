"""Decisions are prepared one by one, known to the office alone, and told all at once."""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx
import pytest
from intake_cases import NOON, case, daycares, programme
from service_under_test import Browser, OpenIntake, ServiceUnderTest, everybody_but, forms_of

from intake.applications.decisions import submit
from intake.applications.model import ApplicationStatus
from intake.releases.decisions import prepare, standing
from intake.releases.model import Outcome, Prepared, Standing
from local.story import cast
from shared.decision import Decision
from shared.errors import Refused

SUBMITTED = submit(case(*daycares(2)), programme(), None, NOON).state
YES = Prepared(UUID(int=1), UUID(int=2), SUBMITTED.case.id, 1, Outcome.ACCEPT, None, "clara", NOON)


@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("status", ApplicationStatus)
def test_what_could_be_decided_now_can_be_prepared(outcome: Outcome, status: ApplicationStatus) -> None:
    application = replace(SUBMITTED, status=status)
    wanted = replace(YES, outcome=outcome, reason="Why.")
    possible = status is ApplicationStatus.SUBMITTED or (
        status is ApplicationStatus.WAITLISTED and outcome is not Outcome.WAITLIST
    )
    if possible:
        assert prepare(application, wanted) == Decision(wanted)
        return
    with pytest.raises(Refused) as refused:
        prepare(application, wanted)
    assert refused.value.slug == "application-not-open"


@pytest.mark.parametrize(
    ("status", "outcome", "needed"),
    [
        (ApplicationStatus.SUBMITTED, Outcome.ACCEPT, False),
        (ApplicationStatus.WAITLISTED, Outcome.ACCEPT, True),
        (ApplicationStatus.SUBMITTED, Outcome.DECLINE, True),
        (ApplicationStatus.SUBMITTED, Outcome.WAITLIST, True),
    ],
)
def test_only_a_plain_yes_needs_no_reason(status: ApplicationStatus, outcome: Outcome, needed: bool) -> None:
    application, wanted = replace(SUBMITTED, status=status), replace(YES, outcome=outcome)
    if not needed:
        assert prepare(application, wanted).state == wanted
        return
    with pytest.raises(Refused) as refused:
        prepare(application, wanted)
    assert refused.value.slug == "preparation-without-reason"


@pytest.mark.parametrize(
    ("status", "version", "said"),
    [
        (ApplicationStatus.SUBMITTED, 1, Standing.READY),
        (ApplicationStatus.SUBMITTED, 2, Standing.CHANGED),
        (ApplicationStatus.ACCEPTED, 2, Standing.CHANGED),
        (ApplicationStatus.WITHDRAWN, 2, Standing.WITHDRAWN),
    ],
)
def test_what_has_changed_since_is_not_ready(status: ApplicationStatus, version: int, said: Standing) -> None:
    assert standing(YES, status, version) is said


# Over HTTP


@pytest.fixture
async def office(intake_service: ServiceUnderTest) -> OpenIntake:
    return await OpenIntake.of(intake_service)


PAIRS = (("nursery", "integrated"), ("childminding", "second"), ("third", "fourth"))
"""Every daycare takes part once in a round."""


async def three(office: OpenIntake) -> list[str]:
    """Three applications to one round."""
    for number, kind in enumerate(("second", "third", "fourth")):
        body = cast.NURSERY | {"p_number": f"10039010{number:02}", "name": f"Vuggestuen {number}"}
        office.daycares[kind] = (await office.service.post("/api/v1/daycares", body, "hanne")).json()["id"]
    return [(await office.submitted(*pair))["id"] for pair in PAIRS]


async def desk(office: OpenIntake, name: str = "clara") -> dict[str, Any]:
    answer = await office.service.get(f"/api/v1/releases/{office.round['id']}", name)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    assert answer.headers["ETag"] == f'"{found["version"]}"'
    return found


async def do(office: OpenIntake, deed: str, body: Any = None, *, seen: int, name: str = "clara") -> httpx.Response:
    path = f"/api/v1/releases/{office.round['id']}/{deed}"
    return await office.service.post(path, body, name, if_match=f'"{seen}"')


def preparing(outcome: str, *ids: str, reason: str | None = "Why.", version: int = 1) -> dict[str, Any]:
    return {
        "applications": [{"id": id, "version": version} for id in ids],
        "outcome": outcome,
        "reason": reason,
    }


def problem(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rsplit("/", 1)[1]


async def status_of(office: OpenIntake, id: str) -> tuple[str, str | None]:
    shown = (await office.service.get(f"/api/v1/applications/{id}", "anna")).json()
    return shown["status"], shown["reason"]


DECIDED = ("ApplicationAccepted", "ApplicationDeclined", "ApplicationWaitlisted")


async def told(office: OpenIntake) -> list[tuple[str, str]]:
    return [(name, data["application_id"]) for name, data in await office.service.published() if name in DECIDED]


async def test_a_round_is_told_all_at_once(office: OpenIntake) -> None:
    yes, no, wait = await three(office)
    assert (await do(office, "preparations", preparing("accept", yes, reason=None), seen=0)).headers["ETag"] == '"1"'
    assert (await do(office, "preparations", preparing("decline", no, reason="Too little."), seen=1)).status_code == 204
    assert (await do(office, "preparations", preparing("waitlist", wait, reason="No room."), seen=2)).status_code == 204
    assert await told(office) == []
    assert [await status_of(office, id) for id in (yes, no, wait)] == [("submitted", None)] * 3
    before = await desk(office)
    assert (before["ready"], before["left_out"], before["version"]) == (3, 0, 3)
    answer = await do(office, "release", seen=3)
    assert (answer.status_code, answer.json()["decisions"]) == (200, 3)
    assert sorted(await told(office)) == sorted(zip(DECIDED, (yes, no, wait), strict=True))
    assert [await status_of(office, id) for id in (yes, no, wait)] == [
        ("accepted", None),
        ("declined", "Too little."),
        ("waitlisted", "No room."),
    ]
    after = await desk(office)
    assert [(each["application_id"], each["prepared"]) for each in after["applications"]] == [(wait, None)]
    assert [each["decisions"] for each in after["releases"]] == [3]


async def test_pressed_twice_nothing_is_told_twice(office: OpenIntake) -> None:
    yes, no, _ = await three(office)
    await do(office, "preparations", preparing("decline", yes, no), seen=0)
    answers = await asyncio.gather(*(do(office, "release", seen=1) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    assert problem(await do(office, "release", seen=2)) == (409, "nothing-to-release")
    assert sorted(await told(office)) == sorted([("ApplicationDeclined", yes), ("ApplicationDeclined", no)])


async def test_a_withdrawn_or_changed_application_is_left_out_and_said_so(office: OpenIntake) -> None:
    gone, changed, stays = await three(office)
    await do(office, "preparations", preparing("accept", gone, changed, stays), seen=0)
    await office.service.post(f"/api/v1/applications/{gone}/withdrawal", None, "anna", if_match='"1"')
    waits = {"reason": "No room."}
    await office.service.post(f"/api/v1/applications/{changed}/waiting", waits, "clara", if_match='"1"')
    seen = await desk(office)
    assert {each["application_id"]: each["prepared"]["standing"] for each in seen["applications"]} == {
        gone: "withdrawn",
        changed: "changed",
        stays: "ready",
    }
    assert (seen["ready"], seen["left_out"]) == (1, 2)
    assert (await do(office, "release", seen=1)).json()["decisions"] == 1
    assert [await status_of(office, id) for id in (gone, changed, stays)] == [
        ("withdrawn", None),
        ("waitlisted", "No room."),
        ("accepted", "Why."),
    ]
    again = await do(office, "preparations", preparing("accept", changed, version=2), seen=2)
    assert again.status_code == 204
    assert (await do(office, "taking-back", {"applications": [gone]}, seen=3)).status_code == 204
    assert (await do(office, "release", seen=4)).json()["decisions"] == 1
    assert (await desk(office))["applications"] == []


async def test_what_is_prepared_can_be_changed_and_taken_back(office: OpenIntake) -> None:
    one, other, _ = await three(office)
    await do(office, "preparations", preparing("decline", one, other), seen=0)
    await do(office, "preparations", preparing("accept", one, reason=None), seen=1)
    await do(office, "taking-back", {"applications": [other]}, seen=2)
    assert (await do(office, "release", seen=3)).json()["decisions"] == 1
    assert await told(office) == [("ApplicationAccepted", one)]


async def test_of_two_who_prepare_at_once_one_looks_again(office: OpenIntake) -> None:
    one, *_ = await three(office)
    answers = await asyncio.gather(
        do(office, "preparations", preparing("accept", one), seen=0),
        do(office, "preparations", preparing("decline", one), seen=0),
    )
    assert sorted(answer.status_code for answer in answers) == [204, 412]
    assert (await desk(office))["ready"] == 1


async def test_one_that_does_not_fit_keeps_all_from_being_prepared(office: OpenIntake) -> None:
    one, other, _ = await three(office)
    await office.service.post(f"/api/v1/applications/{other}/withdrawal", None, "anna", if_match='"1"')
    bodies = (
        (preparing("accept", one, other), (412, "stale-version")),
        (preparing("decline", one, reason=None), (422, "preparation-without-reason")),
        (preparing("accept", one, str(UUID(int=1))), (404, "unknown-application")),
    )
    for body, refused in bodies:
        assert problem(await do(office, "preparations", body, seen=0)) == refused
    assert (await desk(office))["version"] == 0
    assert await office.service.rows("prepared_decision") == 0


async def test_an_application_of_another_round_is_not_prepared_here(office: OpenIntake) -> None:
    other = (await office.submitted(round_id=await office.another_round()))["id"]
    assert problem(await do(office, "preparations", preparing("accept", other), seen=0)) == (404, "unknown-application")


@pytest.mark.parametrize(
    "change",
    [
        {"applications": []},
        {"applications": [{"id": "x", "version": 1}]},
        {"applications": [{"id": str(UUID(int=1)), "version": 0}]},
        {"outcome": "maybe"},
        {"reason": ""},
        {"reason": "a" * 2001},
        {"secret": True},
    ],
)
async def test_what_is_no_preparation_is_refused(office: OpenIntake, change: dict[str, Any]) -> None:
    body = preparing("accept", str(UUID(int=1))) | change
    assert (await do(office, "preparations", body, seen=0)).status_code == 422


async def test_what_is_prepared_is_for_the_office_alone(office: OpenIntake) -> None:
    path = f"/releases/{office.round['id']}"
    for name in everybody_but("caseworker", "coordinator", "administrator"):
        for address in (path, f"/api/v1{path}"):
            assert (await office.service.get(address, name)).status_code == 403


async def test_an_applicant_sees_nothing_of_it_on_their_own_page(office: OpenIntake) -> None:
    one, *_ = await three(office)
    await do(office, "preparations", preparing("decline", one, reason="Secret so far."), seen=0)
    for path in (f"/applications/{one}", f"/api/v1/applications/{one}", f"/rounds/{office.round['id']}", "/"):
        assert "Secret so far." not in (await office.service.get(path, "anna")).text


# As pages


async def test_a_caseworker_prepares_and_releases_on_the_page(office: OpenIntake) -> None:
    one, other, third = await three(office)
    path = f"/releases/{office.round['id']}"
    clara = Browser(office.service)
    await clara.sign_in("clara")
    page = await clara.open(f"{path}?lang=en")
    assert f"{path}/release" not in forms_of(page.text)

    async def prepared(page: httpx.Response, outcome: str, *ids: str, **fields: str) -> httpx.Response:
        data: dict[str, Any] = {**forms_of(page.text)[f"{path}/preparations"], "outcome": outcome, **fields}
        return await clara.http.post(f"{path}/preparations", data=data | {"applications": [f"{id}/1" for id in ids]})

    nothing = await prepared(page, "", *())
    assert nothing.status_code == 422
    assert [name for name in ("applications", "outcome", "reason") if f'id="{name}-error"' in nothing.text] == [
        "applications",
        "outcome",
    ]
    without = await prepared(page, "decline", one)
    assert (without.status_code, "Say why. The applicant can read it." in without.text) == (422, True)
    page = await clara.follow(await prepared(page, "decline", one, other, reason="Too <i>little</i>."))
    assert "Too &lt;i&gt;little&lt;/i&gt;." in page.text
    assert "Release 2 decisions" in page.text
    late = page
    page = await clara.follow(await prepared(page, "take-back", other))
    assert "Release 1 decision<" in page.text
    stale = await prepared(late, "accept", third)
    assert (stale.status_code, "Look at it again." in stale.text) == (422, True)
    for strange in ("x", f"{one}/x", "/1"):
        fields = forms_of(page.text)[f"{path}/preparations"]
        answer = await clara.http.post(
            f"{path}/preparations", data={**fields, "outcome": "accept", "applications": [strange]}
        )
        assert answer.status_code == 422
    done = await clara.follow(await clara.send(page, f"{path}/release"))
    assert "1 decision, Clara Juhl" in done.text
    twice = await clara.send(page, f"{path}/release")
    assert (twice.status_code, "Look at it again." in twice.text) == (422, True)
    assert await told(office) == [("ApplicationDeclined", one)]


async def test_the_desk_takes_as_many_queries_with_fifty_applications_as_with_one(office: OpenIntake) -> None:
    clara = Browser(office.service)
    await clara.sign_in("clara")
    counts = []
    for number in (1, 49):
        ids = []
        for _ in range(number):
            pair = []
            for _ in range(2):
                count = await office.service.rows("daycare")
                body = cast.NURSERY | {"p_number": f"10039{count:05}", "name": f"Vuggestuen {count}"}
                pair.append((await office.service.post("/api/v1/daycares", body, "hanne")).json()["id"])
            ids.append((await office.submitted(daycares=pair))["id"])
        seen = (await desk(office))["version"]
        assert (await do(office, "preparations", preparing("decline", *ids), seen=seen)).status_code == 204
        async with office.service.statements() as sent:
            assert (await clara.open(f"/releases/{office.round['id']}")).status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 12
    assert (await do(office, "release", seen=2)).json()["decisions"] == 50
