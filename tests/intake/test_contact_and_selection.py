"""To whom the office writes about an application, and on what data its daycares were chosen."""

from typing import Any

import pytest
from service_under_test import Browser, OpenIntake, ServiceUnderTest

CONTACT = {"name": "Anna Holm", "email": "anna@example.org"}


@pytest.fixture
async def office(intake_service: ServiceUnderTest) -> OpenIntake:
    return await OpenIntake.of(intake_service)


async def refused(office: OpenIntake, **changes: Any) -> tuple[int, str]:
    answer = await office.service.post("/api/v1/applications", office.long_course(**changes), "anna")
    assert await office.service.rows("application") == 0
    return answer.status_code, answer.json()["type"].rsplit("/", 1)[1]


async def test_the_contact_keeps_the_language_in_which_it_was_given(office: OpenIntake) -> None:
    body = office.long_course(contact=CONTACT)
    answer = await office.service.post("/api/v1/applications", body, "anna", language="en")
    shown = await office.service.get(f"/api/v1/applications/{answer.json()['id']}", "clara")
    assert shown.json()["contact"] == {**CONTACT, "language": "en"}


async def test_no_event_tells_of_the_contact(office: OpenIntake) -> None:
    await office.submitted(contact=CONTACT)
    assert "example.org" not in str(await office.service.published())


@pytest.mark.parametrize(
    "contact", [{"name": "", "email": "anna@example.org"}, {"name": "Anna", "email": "anna"}, {"name": "Anna"}, "Anna"]
)
async def test_what_is_no_contact_is_refused(office: OpenIntake, contact: Any) -> None:
    assert await refused(office, contact=contact) == (422, "invalid-request")


async def test_selection_data_is_kept_in_the_order_of_the_daycares(office: OpenIntake) -> None:
    wish = office.long_course()
    first, second = wish["daycares"][:2]
    order = {"daycare_id": second, "trigger": "order", "inspections": "Ro\nog nærvær"}
    share = {"daycare_id": first, "vulnerable_share": 0}
    application = await office.submitted(selection=[order, share])
    nothing = {"vulnerable_share": None, "trigger": None, "inspections": None}
    assert application["selection"] == [nothing | share, nothing | order]


@pytest.mark.parametrize("share", [-1, -0.5, 100.5, 101, "50", True])
async def test_a_share_lies_between_none_and_all(office: OpenIntake, share: Any) -> None:
    daycare = office.long_course()["daycares"][0]
    assert await refused(office, selection=[{"daycare_id": daycare, "vulnerable_share": share}]) == (
        422,
        "invalid-request",
    )


@pytest.mark.parametrize("share", [0, 2.5, 12.12, 100])
async def test_a_share_may_be_none_or_all_or_not_whole(office: OpenIntake, share: float) -> None:
    daycare = office.long_course()["daycares"][0]
    application = await office.submitted(selection=[{"daycare_id": daycare, "vulnerable_share": share}])
    assert [each["vulnerable_share"] for each in application["selection"]] == [share]


async def test_a_share_has_at_most_two_decimals(office: OpenIntake) -> None:
    daycare = office.long_course()["daycares"][0]
    body = office.long_course() | {"selection": [{"daycare_id": daycare, "vulnerable_share": 12.125}]}
    answer = await office.service.post("/api/v1/applications", body, "anna", language="en")
    said = [each["message"] for each in answer.json()["errors"]]
    assert (answer.status_code, said) == (422, ["This may have at most 2 decimals."])


async def test_data_of_a_daycare_that_does_not_take_part_is_refused(office: OpenIntake) -> None:
    other = office.daycares["private"]
    assert await refused(office, selection=[{"daycare_id": other}]) == (422, "selection-astray")


async def test_data_of_one_daycare_twice_is_refused(office: OpenIntake) -> None:
    daycare = office.long_course()["daycares"][0]
    assert await refused(office, selection=[{"daycare_id": daycare}] * 2) == (422, "selection-astray")


async def test_the_page_shows_both(office: OpenIntake) -> None:
    daycare = office.long_course()["daycares"][0]
    said = {"daycare_id": daycare, "vulnerable_share": 40, "trigger": "low_quality", "inspections": "<b>Uro</b>"}
    application = await office.submitted(contact=CONTACT, selection=[said])
    browser = Browser(office.service)
    await browser.sign_in("clara")
    page = (await browser.open(f"/applications/{application['id']}?lang=en")).text
    for text in ("anna@example.org", "40 percent", "Low quality over several inspections", "&lt;b&gt;Uro&lt;/b&gt;"):
        assert text in page


async def test_the_page_keeps_the_lines_of_what_the_inspections_found(office: OpenIntake) -> None:
    daycare = office.long_course()["daycares"][0]
    application = await office.submitted(selection=[{"daycare_id": daycare, "inspections": "Ro\n<og> nærvær"}])
    clara = Browser(office.service)
    await clara.sign_in("clara")
    page = await clara.open(f"/applications/{application['id']}")
    assert '<span class="praksis-prose">Ro\n&lt;og&gt; nærvær</span>' in page.text
