"""What becomes of an application beside a yes: a no, a place on the waiting list, and a change of mind."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx
import pytest
from intake_cases import NOON, case, daycares, programme
from service_under_test import Browser, OpenIntake, ServiceUnderTest, forms_of

from intake.applications.decisions import accept, decline, put_on_waiting_list, submit, withdraw
from intake.applications.model import Application, ApplicationStatus
from intake.applications.texts import NEXT_STEP, STATUS
from local.story import cast
from shared.contracts.intake.applications import ApplicationDeclined, ApplicationWaitlisted, ApplicationWithdrawn
from shared.decision import Decision
from shared.errors import Refused
from shared.office import office_date

SUBMITTED = submit(case(*daycares(2)), programme(), None, NOON).state
PUBLISHED: dict[str, Any] = {
    "application_id": SUBMITTED.case.id,
    "programme": "a-course",
    "programme_version": 3,
    "municipality": "0390",
    "on": office_date(NOON),
}
OPEN = (ApplicationStatus.SUBMITTED, ApplicationStatus.WAITLISTED)


def settled(status: ApplicationStatus, by: str, reason: str | None) -> Application:
    return replace(SUBMITTED, status=status, decided_at=NOON, decided_by=by, reason=reason)


WAITING = settled(ApplicationStatus.WAITLISTED, "clara", "No room.")


def test_a_submitted_application_is_declined_waits_or_is_withdrawn() -> None:
    assert decline(SUBMITTED, "clara", NOON, "Too little.") == Decision(
        settled(ApplicationStatus.DECLINED, "clara", "Too little."), (ApplicationDeclined(**PUBLISHED),)
    )
    assert put_on_waiting_list(SUBMITTED, "clara", NOON, "No room.") == Decision(
        WAITING, (ApplicationWaitlisted(**PUBLISHED),)
    )
    assert withdraw(SUBMITTED, "anna", NOON) == Decision(
        settled(ApplicationStatus.WITHDRAWN, "anna", None), (ApplicationWithdrawn(**PUBLISHED),)
    )


def test_what_waits_moves_up_with_a_reason_only() -> None:
    with pytest.raises(Refused) as refused:
        accept(WAITING, programme(), "clara", NOON)
    assert refused.value.slug == "reason-missing"
    up = accept(WAITING, programme(), "clara", NOON, "Another withdrew.").state
    assert (up.status, up.reason) == (ApplicationStatus.ACCEPTED, "Another withdrew.")


@pytest.mark.parametrize("status", [each for each in ApplicationStatus if each not in OPEN])
def test_nothing_is_decided_on_what_is_settled(status: ApplicationStatus) -> None:
    application = replace(SUBMITTED, status=status)
    decisions: tuple[Callable[[], Decision[Application]], ...] = (
        lambda: accept(application, programme(), "clara", NOON, "a"),
        lambda: decline(application, "clara", NOON, "a"),
        lambda: put_on_waiting_list(application, "clara", NOON, "a"),
        *([lambda: withdraw(application, "anna", NOON)] if status is not ApplicationStatus.ACCEPTED else []),
    )
    for decide in decisions:
        with pytest.raises(Refused) as refused:
            decide()
        assert (refused.value.slug, refused.value.parameters) == ("application-not-open", {"status": status})


def test_an_accepted_course_is_given_up_like_an_application_that_is_withdrawn() -> None:
    accepted = replace(SUBMITTED, status=ApplicationStatus.ACCEPTED)
    assert withdraw(accepted, "anna", NOON) == Decision(
        settled(ApplicationStatus.WITHDRAWN, "anna", None), (ApplicationWithdrawn(**PUBLISHED),)
    )


def test_what_waits_does_not_wait_again() -> None:
    with pytest.raises(Refused) as refused:
        put_on_waiting_list(WAITING, "clara", NOON, "a")
    assert refused.value.slug == "application-not-open"


def test_every_status_has_a_name_and_a_next_step() -> None:
    assert set(STATUS) == set(NEXT_STEP) == set(ApplicationStatus)


# Over HTTP


@pytest.fixture
async def office(intake_service: ServiceUnderTest) -> OpenIntake:
    return await OpenIntake.of(intake_service)


async def done(
    office: OpenIntake, id: str, deed: str, name: str, body: dict[str, str] | None = None, *, seen: int = 1
) -> httpx.Response:
    return await office.service.post(f"/api/v1/applications/{id}/{deed}", body, name, if_match=f'"{seen}"')


async def test_a_no_is_told_with_its_reason(office: OpenIntake) -> None:
    id = (await office.submitted())["id"]
    answer = await done(office, id, "declination", "clara", {"reason": "The need is not\nshown."})
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    shown = (await office.service.get(f"/api/v1/applications/{id}", "anna")).json()
    assert (shown["status"], shown["reason"]) == ("declined", "The need is not\nshown.")
    name, data = (await office.service.published())[-1]
    assert (name, UUID(data["application_id"]), "reason" in data) == ("ApplicationDeclined", UUID(id), False)


async def test_from_the_waiting_list_one_moves_up_with_a_reason(office: OpenIntake) -> None:
    id = (await office.submitted())["id"]
    assert (await done(office, id, "waiting", "clara", {"reason": "No room."})).status_code == 200
    without = await done(office, id, "acceptance", "clara", seen=2)
    assert (without.status_code, without.json()["type"].rsplit("/", 1)[1]) == (422, "reason-missing")
    up = await done(office, id, "acceptance", "clara", {"reason": "Another withdrew."}, seen=2)
    assert (up.status_code, up.json()["status"]) == (200, "accepted")
    names = [name for name, _ in await office.service.published()][-2:]
    assert names == ["ApplicationWaitlisted", "ApplicationAccepted"]


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "a" * 2001}])
@pytest.mark.parametrize("deed", ["declination", "waiting"])
async def test_no_application_is_put_off_without_a_reason(office: OpenIntake, deed: str, body: dict[str, str]) -> None:
    id = (await office.submitted())["id"]
    assert (await done(office, id, deed, "clara", body)).status_code == 422
    assert (await office.service.get(f"/api/v1/applications/{id}", "anna")).json()["status"] == "submitted"


async def test_an_applicant_withdraws_their_own_application_alone(office: OpenIntake) -> None:
    id = (await office.submitted())["id"]
    assert (await done(office, id, "withdrawal", "clara")).status_code == 403
    other = await done(office, id, "withdrawal", cast.LEADER)
    assert (other.status_code, other.json()["type"].rsplit("/", 1)[1]) == (404, "unknown-application")
    answer = await done(office, id, "withdrawal", "anna")
    assert (answer.status_code, answer.json()["status"]) == (200, "withdrawn")


async def test_of_a_withdrawal_and_an_acceptance_at_once_one_counts(office: OpenIntake) -> None:
    id = (await office.submitted())["id"]
    answers = await asyncio.gather(done(office, id, "withdrawal", "anna"), done(office, id, "acceptance", "clara"))
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    late = await done(office, id, "acceptance", "clara", seen=2)
    assert (late.status_code, late.json()["type"].rsplit("/", 1)[1]) == (409, "application-not-open")


# As pages


async def signed_in(office: OpenIntake, name: str) -> Browser:
    browser = Browser(office.service)
    await browser.sign_in(name)
    return browser


async def test_a_caseworker_puts_off_and_declines_from_the_page(office: OpenIntake) -> None:
    path = f"/applications/{(await office.submitted())['id']}"
    browser = await signed_in(office, "clara")
    page = await browser.open(f"{path}?lang=en")
    empty = await browser.send(page, f"{path}/waiting")
    assert (empty.status_code, "waiting_reason-error" in empty.text) == (422, True)
    waits = await browser.follow(await browser.send(page, f"{path}/waiting", waiting_reason="<i>No room</i>"))
    assert "&lt;i&gt;No room" in waits.text
    assert f"{path}/waiting" not in forms_of(waits.text)
    without = await browser.send(waits, f"{path}/acceptance")
    assert (without.status_code, "Say why this one moves up past others." in without.text) == (422, True)
    declined = await browser.follow(
        await browser.send(waits, f"{path}/declination", declination_reason="Too little is shown.")
    )
    assert "Too little is shown." in declined.text
    assert [action for action in forms_of(declined.text) if action.startswith(path)] == []


async def test_an_applicant_sees_the_next_step_and_withdraws(office: OpenIntake) -> None:
    path = f"/applications/{(await office.submitted())['id']}"
    browser = await signed_in(office, "anna")
    page = await browser.open(f"{path}?lang=en")
    assert "The application waits for a caseworker to decide." in page.text
    assert [action for action in forms_of(page.text) if action.startswith(path)] == [f"{path}/withdrawal"]
    done = await browser.follow(await browser.send(page, f"{path}/withdrawal"))
    assert "The case is closed, as the applicant wished." in done.text


async def test_a_withdrawn_application_is_not_accepted_from_another_tab(office: OpenIntake) -> None:
    path = f"/applications/{(await office.submitted())['id']}"
    clara = await signed_in(office, "clara")
    tab = await clara.open(path)
    anna = await signed_in(office, "anna")
    await anna.send(await anna.open(path), f"{path}/withdrawal")
    answer = await clara.send(tab, f"{path}/acceptance")
    assert answer.status_code == 412
    assert "ApplicationAccepted" not in [name for name, _ in await office.service.published()]
