"""The ranking of a round over HTTP: who stands where, where capacity ends, and what if."""

import re
from typing import Any
from uuid import UUID

import pytest
from capacity_cases import another_application, told
from service_under_test import Browser, OpenIntake, ServiceUnderTest, everybody_but

from intake.worker import handlers

SHEET = {"need": 3, "vulnerable-families": 2, "motivation": 2, "leadership": 1}


@pytest.fixture
async def office(intake_service: ServiceUnderTest) -> OpenIntake:
    return await OpenIntake.of(intake_service)


async def applied(office: OpenIntake, number: int) -> list[str]:
    """So many applications in the round, in the order in which they come."""
    return [await another_application(office) for _ in range(number)]


async def counted(office: OpenIntake, available: int) -> None:
    await office.service.happen(handlers, told(office.service.clock.now(), available=available))


async def assessed(office: OpenIntake, id: str, need: int, *names: str) -> None:
    sheet = [{"criterion": name, "points": given, "remark": None} for name, given in (SHEET | {"need": need}).items()]
    for name in names or ("mads", "jonas"):
        taken = await office.service.post(f"/api/v1/assessments/{id}/taking", None, name)
        assert taken.status_code == 200, taken.text
        path = f"/api/v1/assessments/{id}/scores"
        answer = await office.service.post(path, {"scores": sheet}, name, if_match='"1"')
        assert answer.status_code == 200, answer.text


async def ranking(office: OpenIntake, query: str = "", name: str = "david", *, round_id: str = "") -> dict[str, Any]:
    answer = await office.service.get(f"/api/v1/rankings/{round_id or office.round['id']}{query}", name)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def order(found: dict[str, Any]) -> list[str]:
    return [place["application_id"] for place in found["places"]]


async def test_the_round_is_ranked_by_points_and_then_by_when_they_came(office: OpenIntake) -> None:
    first, second, third, fourth = await applied(office, 4)
    await assessed(office, third, 3)
    await assessed(office, fourth, 3)
    await assessed(office, second, 1)
    found = await ranking(office)
    assert order(found) == [third, fourth, second, first]
    assert [place["tie"] for place in found["places"]] == [None, "later", None, None]
    assert [place["together"] for place in found["places"]] == [
        {"points": 42, "highest": 60},
        {"points": 42, "highest": 60},
        {"points": 30, "highest": 60},
        None,
    ]


async def test_capacity_ends_where_those_above_have_taken_it(office: OpenIntake) -> None:
    ids = await applied(office, 3)
    uncounted = await ranking(office)
    assert (uncounted["fitting"], uncounted["chosen"], uncounted["chosen_together"]["as_of"]) == (0, [], None)
    assert [place["fits"] for place in uncounted["places"]] == [None] * 3
    await counted(office, 70)
    found = await ranking(office)
    assert [place["fits"] for place in found["places"]] == [True, True, False]
    assert [place["cumulated"]["months"][0]["cost"] for place in found["places"]] == [30, 60, 90]
    assert [place["cumulated"]["months"][0]["lacks"] for place in found["places"]] == [0, 0, 20]
    assert (found["fitting"], found["chosen"], found["chosen_together"]["fits"]) == (2, ids[:2], True)


async def test_what_if_counts_those_that_are_chosen_and_wait(office: OpenIntake) -> None:
    ids = await applied(office, 3)
    await counted(office, 50)
    found = await ranking(office, f"?accept={ids[2]}&accept={ids[0]}&accept={UUID(int=1)}")
    assert (found["chosen"], found["chosen_together"]["fits"]) == ([ids[0], ids[2]], False)
    assert found["chosen_together"]["months"][0]["lacks"] == 10


async def test_what_has_been_accepted_is_ranked_no_more_but_takes_its_hours(office: OpenIntake) -> None:
    ids = await applied(office, 2)
    await counted(office, 50)
    answer = await office.service.post(f"/api/v1/applications/{ids[1]}/acceptance", None, "clara", if_match='"1"')
    assert answer.status_code == 200
    found = await ranking(office)
    assert (order(found), found["fitting"]) == (ids[:1], 0)


async def test_another_round_is_another_ranking(office: OpenIntake) -> None:
    await applied(office, 1)
    empty = await ranking(office, round_id=await office.another_round())
    assert (empty["places"], empty["fitting"]) == ([], 0)


async def test_who_has_still_to_assess_sees_neither_points_nor_their_order(office: OpenIntake) -> None:
    first, second = await applied(office, 2)
    assert (await office.service.post(f"/api/v1/assessments/{second}/taking", None, "clara")).status_code == 200
    await assessed(office, second, 3)
    blind = await ranking(office, name="clara")
    assert (blind["blind"], order(blind)) == (True, [first, second])
    assert [place["together"] for place in blind["places"]] == [None, None]
    seen = await ranking(office)
    assert (seen["blind"], order(seen)) == (False, [second, first])


async def test_there_is_no_ranking_of_a_round_that_is_none(office: OpenIntake) -> None:
    for path in ("/api/v1/rankings", "/rankings"):
        assert (await office.service.get(f"{path}/{UUID(int=1)}", "david")).status_code == 404


@pytest.mark.parametrize("query", ["?accept=x", "?accept=", "?chosen=perhaps"])
async def test_what_is_no_choice_is_refused(office: OpenIntake, query: str) -> None:
    browser = Browser(office.service)
    await browser.sign_in("david")
    assert (await browser.open(f"/rankings/{office.round['id']}{query}")).status_code == 422


async def test_the_ranking_is_for_staff(office: OpenIntake) -> None:
    for name in everybody_but("caseworker", "coordinator", "administrator"):
        for path in ("/api/v1/rankings", "/rankings"):
            assert (await office.service.get(f"{path}/{office.round['id']}", name)).status_code == 403


# As a page


async def page_of(office: OpenIntake, query: str = "lang=en", name: str = "david") -> str:
    browser = Browser(office.service)
    await browser.sign_in(name)
    page = await browser.open(f"/rankings/{office.round['id']}?{query}")
    assert page.status_code == 200
    return re.sub(r"\s+", " ", page.text)


def ticked(page: str) -> list[str]:
    return re.findall(r'name="accept" value="([^"]*)" checked', page)


async def test_the_page_shows_where_capacity_ends_and_ticks_what_fits(office: OpenIntake) -> None:
    assert "No application of this round waits" in await page_of(office)
    ids = await applied(office, 3)
    assert "capacity has not been counted yet" in await page_of(office)
    await counted(office, 70)
    page = await page_of(office)
    assert ticked(page) == ids[:2]
    places = [page.index(f'value="{id}"') for id in ids]
    assert places[1] < page.index("Here the corps' capacity ends") < places[2]
    assert page.count("Does not fit") == 1
    assert "The corps would lack 20 hours in" in page
    assert "2 applications are ticked." in page
    await counted(office, 1000)
    assert "Here the corps' capacity ends" not in await page_of(office)


async def test_ticks_are_sent_without_javascript_and_none_is_a_choice_too(office: OpenIntake) -> None:
    ids = await applied(office, 2)
    await counted(office, 70)
    page = await page_of(office, f"lang=en&chosen=true&accept={ids[1]}")
    assert (ticked(page), "1 application is ticked." in page) == ([ids[1]], True)
    none = await page_of(office, "lang=en&chosen=true")
    assert (ticked(none), "0 applications are ticked." in none) == ([], True)


async def test_a_tie_is_explained(office: OpenIntake) -> None:
    ids = await applied(office, 2)
    for id in ids:
        await assessed(office, id, 2)
    page = await page_of(office)
    assert page.count("As good as the one above; it came in later.") == 1
    assert page.count("18 of 30") == 2


async def test_the_round_leads_staff_to_its_ranking(office: OpenIntake) -> None:
    for name, leads in (("clara", True), ("david", True), ("anna", False)):
        browser = Browser(office.service)
        await browser.sign_in(name)
        page = await browser.open(f"/rounds/{office.round['id']}")
        assert (f"/rankings/{office.round['id']}" in page.text) == leads


async def test_the_page_takes_as_many_queries_for_twenty_applications_as_for_one(office: OpenIntake) -> None:
    browser = Browser(office.service)
    await browser.sign_in("david")
    await counted(office, 100)
    counts = []
    for number in (1, 19):
        await applied(office, number)
        await browser.open(f"/rankings/{office.round['id']}")
        async with office.service.statements() as sent:
            assert (await browser.open(f"/rankings/{office.round['id']}")).status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1]
