"""The corps' capacity in intake: what it learns of it, and what a yes would cost."""

import asyncio
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from capacity_cases import another_application, told
from hypothesis import given
from hypothesis import strategies as st
from properties import patient
from service_under_test import Browser, OpenIntake, ServiceUnderTest, everybody_but

from intake.capacity.model import Cost, Forecast, Month, Wanted
from intake.capacity.weighing import hold_against, promise, weigh
from intake.worker import handlers
from shared.contracts.scheduling.capacity import CORPS
from shared.contracts.scheduling.courses import CourseOpened
from shared.hours import month_of, months_later
from shared.office import office_date

NOVEMBER, DECEMBER, JANUARY = date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)
NOON = datetime(2026, 11, 9, 11, tzinfo=UTC)
LONG, SHORT = Wanted("long-course", 1, None), Wanted("short-course", 1, 7)
COSTS = (Cost("long-course", 1, (30, 20), 2), Cost("short-course", 1, (20, 20), 2))


def months(*free: int, bound: int = 0) -> tuple[Month, ...]:
    """Months from November on in which so much is free."""
    return tuple(Month(months_later(NOVEMBER, ahead), bound + hours, bound) for ahead, hours in enumerate(free))


def forecast(*free: int) -> Forecast:
    return Forecast(NOON, months(*free), COSTS)


# What a course would cost


def test_stated_hours_cost_what_they_bind_and_else_the_programme_says() -> None:
    assert forecast().cost_of(LONG) == (30, 20)
    assert forecast().cost_of(SHORT) == (7, 7)
    assert forecast().cost_of(Wanted("short-course", 1, None)) == (20, 20)
    assert forecast().cost_of(Wanted("short-course", 2, 7)) is None


def test_the_cost_begins_in_the_month_of_the_yes() -> None:
    weighing = weigh(forecast(30, 20, 5), LONG, date(2026, 11, 30))
    assert [each.cost for each in weighing.months] == [30, 20, 0]
    later = weigh(forecast(30, 20, 5), LONG, date(2026, 12, 1))
    assert [each.cost for each in later.months] == [0, 30, 20]
    overdue = weigh(forecast(30, 20, 5), LONG, date(2026, 10, 31))
    assert [each.cost for each in overdue.months] == [20, 0, 0]


@pytest.mark.parametrize(
    ("free", "lacking"),
    [
        ((30, 20), []),
        ((29, 20), [(NOVEMBER, 1)]),
        ((30, 19), [(DECEMBER, 1)]),
        ((-10, 0), [(NOVEMBER, 40), (DECEMBER, 20)]),
        ((30, 20, -5), []),
        ((30,), []),
    ],
)
def test_the_corps_lacks_what_is_not_free_in_a_month_that_is_taken_from(
    free: tuple[int, ...], lacking: list[tuple[date, int]]
) -> None:
    weighing = weigh(forecast(*free), LONG, NOVEMBER)
    assert [(each.month.first, each.lacks) for each in weighing.shortages] == lacking
    assert weighing.fits == (not lacking)


def test_the_tightest_month_is_one_that_is_taken_from() -> None:
    tightest = weigh(forecast(40, 21, 0), LONG, NOVEMBER).tightest
    assert tightest is not None
    assert (tightest.month.first, tightest.left) == (DECEMBER, 1)
    assert weigh(forecast(40), LONG, JANUARY).tightest is None


def test_what_has_no_known_cost_fits_nothing() -> None:
    weighing = weigh(forecast(1000), Wanted("long-course", 9, None), NOVEMBER)
    assert (weighing.is_known, weighing.fits, weighing.shortages) == (False, False, ())


def test_what_is_promised_is_free_no_more() -> None:
    promised = promise(forecast(100, 100, 100), [LONG, SHORT, LONG, Wanted("unknown", 1, 3)], DECEMBER)
    assert [(each.promised, each.free) for each in promised.months] == [(0, 100), (67, 33), (47, 53)]


hours = st.lists(st.integers(0, 50), max_size=5)


@patient
@given(st.lists(st.integers(-100, 100), min_size=1, max_size=6), hours, hours, st.integers(-3, 8))
def test_more_never_costs_less(free: list[int], less: list[int], more: list[int], start: int) -> None:
    both = [sum(pair) for pair in zip([*less, *[0] * 5], [*more, *[0] * 5], strict=False)]
    month = months_later(NOVEMBER, start)
    alone, together = (hold_against(forecast(*free), cost, month) for cost in (less, both))
    assert {each.month.first for each in alone.shortages} <= {each.month.first for each in together.shortages}
    assert all(a.left >= b.left for a, b in zip(alone.months, together.months, strict=True))
    assert alone.fits or not together.fits


# What is learned


def course_of(application_id: str) -> CourseOpened:
    facts: dict[str, Any] = {"programme": "long-course", "programme_version": 1, "municipality": "0390"}
    facts |= {"daycares": (), "phases": (), "on": office_date(NOON), "course_id": UUID(int=9)}
    return CourseOpened.model_validate(facts | {"application_id": application_id})


async def available(service: ServiceUnderTest) -> int:
    found: int = (await service.get("/api/v1/capacity", "clara")).json()["months"][0]["available"]
    return found


async def test_the_newest_forecast_is_kept_in_whatever_order_they_come(intake_service: ServiceUnderTest) -> None:
    unknown: dict[str, Any] = {"as_of": None, "months": [], "costs": []}
    assert (await intake_service.get("/api/v1/capacity", "clara")).json() == unknown
    await intake_service.happen(handlers, told(NOON, available=100))
    await intake_service.happen(handlers, told(NOON + timedelta(microseconds=1), available=200))
    await intake_service.happen(handlers, told(NOON, available=300))
    assert await available(intake_service) == 200
    await intake_service.happen(handlers, told(NOON + timedelta(microseconds=1), available=400))
    assert await available(intake_service) == 400


async def test_of_forecasts_that_come_at_once_the_newest_stays(intake_service: ServiceUnderTest) -> None:
    forecasts = [told(NOON + timedelta(seconds=number), available=number) for number in (3, 5, 1, 4, 2)]
    await asyncio.gather(*(intake_service.happen(handlers, each) for each in forecasts))
    assert await available(intake_service) == 5


async def test_the_forecast_is_read_as_it_was_told(intake_service: ServiceUnderTest) -> None:
    event = told(NOON, bound=7)
    await intake_service.happen(handlers, event)
    shown = (await intake_service.get("/api/v1/capacity", "clara")).json()
    assert {"corps": CORPS} | shown == event.model_dump(mode="json")


# Beside an application


@pytest.fixture
async def office(intake_service: ServiceUnderTest) -> OpenIntake:
    return await OpenIntake.of(intake_service)


async def cost(office: OpenIntake, id: str, name: str = "clara") -> httpx.Response:
    return await office.service.get(f"/api/v1/applications/{id}/capacity", name)


async def first_month(office: OpenIntake, id: str) -> dict[str, Any]:
    month: dict[str, Any] = (await cost(office, id)).json()["months"][0]
    return month


async def accepted(office: OpenIntake, id: str) -> str:
    answer = await office.service.post(f"/api/v1/applications/{id}/acceptance", None, "clara", if_match='"1"')
    assert answer.status_code == 200, answer.text
    return id


async def test_what_a_yes_would_cost_stands_beside_the_application(office: OpenIntake) -> None:
    id = (await office.submitted())["id"]
    assert (await cost(office, id)).json() == {"as_of": None, "fits": None, "months": []}
    now = office.service.clock.now()
    await office.service.happen(handlers, told(now, available=100, bound=75))
    weighed = (await cost(office, id)).json()
    assert (weighed["fits"], datetime.fromisoformat(weighed["as_of"])) == (False, now)
    assert weighed["months"][0] == {
        "month": str(month_of(office_date(now))),
        "available": 100,
        "bound": 75,
        "promised": 0,
        "cost": 30,
        "left": -5,
        "lacks": 5,
    }
    assert [each["lacks"] for each in weighed["months"]] == [5] * 3 + [0] * 21
    await office.service.happen(handlers, told(now, available=100, bound=70))
    assert (await cost(office, id)).json()["fits"] is True


async def test_what_no_forecast_knows_has_no_cost(office: OpenIntake) -> None:
    id = (await office.submitted())["id"]
    forecast = told(office.service.clock.now())
    await office.service.happen(handlers, forecast.model_copy(update={"costs": ()}))
    assert (await cost(office, id)).json()["fits"] is None


async def test_what_was_accepted_is_promised_until_a_forecast_knows_its_course(office: OpenIntake) -> None:
    first = await accepted(office, (await office.submitted())["id"])
    second = await another_application(office)
    now = office.service.clock.now()
    await office.service.happen(handlers, told(now))
    assert (await first_month(office, second))["promised"] == 30
    await office.service.happen(handlers, course_of(first))
    assert (await first_month(office, second))["promised"] == 30
    await office.service.happen(handlers, told(now - timedelta(seconds=1), bound=1))
    assert (await first_month(office, second))["promised"] == 30
    await office.service.happen(handlers, told(now + timedelta(seconds=1), bound=30))
    month = await first_month(office, second)
    assert (month["bound"], month["promised"]) == (30, 0)
    await office.service.happen(handlers, course_of(first))
    assert (await first_month(office, second))["promised"] == 0


async def test_an_unknown_application_costs_nothing_that_could_be_said(office: OpenIntake) -> None:
    assert (await cost(office, str(UUID(int=1)))).status_code == 404


async def test_only_staff_see_what_the_corps_can_take_on(office: OpenIntake) -> None:
    id = (await office.submitted())["id"]
    for name in everybody_but("caseworker", "coordinator", "administrator"):
        assert (await cost(office, id, name)).status_code == 403
        assert (await office.service.get("/api/v1/capacity", name)).status_code == 403


async def shown(office: OpenIntake, id: str, name: str = "clara", language: str = "en") -> str:
    browser = Browser(office.service)
    await browser.sign_in(name)
    page = await browser.open(f"/applications/{id}?lang={language}")
    assert page.status_code == 200
    return re.sub(r"\s+", " ", page.text)


async def test_the_page_says_in_words_what_would_be_lacking(office: OpenIntake) -> None:
    id = (await office.submitted())["id"]
    assert "capacity has not been counted" in await shown(office, id)
    now = office.service.clock.now()
    first = month_of(office_date(now))
    lacking = told(now, available=100, bound=79)
    short = lacking.months[0].model_copy(update={"bound": 71})
    await office.service.happen(handlers, lacking.model_copy(update={"months": (short, *lacking.months[1:])}))
    page = await shown(office, id)
    assert f"In {first:%B %Y} the corps would lack 1 hour." in page
    assert f"In {months_later(first, 1):%B %Y} the corps would lack 9 hours." in page
    assert page.count("the corps would lack") == 3
    assert "Hours would be lacking in 3 more months." in page
    assert "vil korpset mangle 9 timer" in await shown(office, id, language="da")
    await office.service.happen(handlers, told(now, available=100, bound=60))
    assert f"In the tightest month, {first:%B %Y}, 10 hours would be left." in await shown(office, id)
    await office.service.happen(handlers, told(now).model_copy(update={"costs": ()}))
    assert "does not know this version of the programme" in await shown(office, id)


async def test_the_applicant_sees_nothing_of_it_and_a_decided_application_needs_it_no_more(office: OpenIntake) -> None:
    id = (await office.submitted())["id"]
    await office.service.happen(handlers, told(office.service.clock.now()))
    assert "What accepting it would cost" not in await shown(office, id, "anna")
    assert "What accepting it would cost" in await shown(office, id, "david")
    assert "What accepting it would cost" not in await shown(office, await accepted(office, id))
