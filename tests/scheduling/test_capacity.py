"""The corps' capacity: what is counted, when it is told, and who sees it."""

import asyncio
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from properties import patient
from scheduling_cases import ADVICE, CLOSING, LONG, OPENED_ON, START, programme, signed
from service_under_test import Browser, ServiceUnderTest, everybody_but, forms_of, published_programmes
from sqlalchemy import text

from scheduling.capacity.counting import COSTS, HORIZON, forecast, hours_by_phase, hours_left
from scheduling.capacity.decisions import tell
from scheduling.courses.model import OpenCourses
from scheduling.recounting import next_look
from scheduling.worker import handlers
from shared.contracts.intake.programmes import PlannedPhase, ProgrammePublished
from shared.contracts.scheduling.capacity import CORPS, CapacityForecast, ForecastFellDue
from shared.decision import Decision, Timer
from shared.hours import month_of, months_later
from shared.office import OFFICE, office_date

NOVEMBER = date(2026, 11, 1)
NOON = datetime(2026, 11, 30, 11, tzinfo=UTC)
DUE = ForecastFellDue(corps=CORPS)
ESTIMATED = tuple(
    phase.model_copy(update={"hours_per_month": hours}) for phase, hours in zip(LONG, (30, 20, 24), strict=True)
)
EIGHTEEN = (30,) * 3 + (20,) * 12 + (24,) * 3


def open_courses(phase: int = 0, since: date = NOVEMBER, *, hours: int | None = None, count: int = 1) -> OpenCourses:
    return OpenCourses("long-course", 1, hours, phase, since, count)


def counted(
    courses: Sequence[OpenCourses] = (),
    *programmes: ProgrammePublished,
    hours: int = 200,
    now: datetime = NOON,
) -> CapacityForecast:
    return forecast(now, hours, courses, programmes or (programme(ESTIMATED),))


def capped(hour_cap: int, months: int = 3, team_size: int = 2) -> ProgrammePublished:
    phases = (ADVICE.model_copy(update={"months": months}),)
    return programme(phases, team_size=team_size).model_copy(update={"hour_cap": hour_cap})


# What a course takes


def test_a_course_takes_what_its_programme_estimates_in_each_month_of_each_phase() -> None:
    assert hours_by_phase(programme(ESTIMATED), None) == ((30,) * 3, (20,) * 12, (24,) * 3)


def test_where_the_programme_estimates_nothing_every_consultant_gives_eight_hours_a_month() -> None:
    assert hours_by_phase(programme((START, ADVICE), team_size=3), None) == ((24,) * 3, (24,) * 12)


def test_hours_that_were_stated_count_for_every_consultant_and_are_spread_over_all_months() -> None:
    assert hours_by_phase(capped(20), 7) == ((4, 5, 5),)
    two = programme((START, CLOSING))
    assert hours_by_phase(two, 20) == ((6, 7, 7), (6, 7, 7))


def test_where_hours_have_a_limit_and_none_are_stated_the_limit_counts() -> None:
    assert hours_by_phase(capped(20), None) == hours_by_phase(capped(20), 20) == ((13, 13, 14),)


@pytest.mark.parametrize(
    ("courses", "left"),
    [
        (open_courses(), EIGHTEEN),
        (open_courses(since=date(2026, 10, 1)), EIGHTEEN[1:]),
        (open_courses(since=date(2026, 9, 1)), EIGHTEEN[2:]),
        (open_courses(since=date(2026, 8, 1)), EIGHTEEN[2:]),
        (open_courses(since=date(2025, 1, 1)), EIGHTEEN[2:]),
        (open_courses(phase=1), EIGHTEEN[3:]),
        (open_courses(phase=2), EIGHTEEN[15:]),
        (open_courses(phase=2, since=date(2026, 8, 1)), EIGHTEEN[17:]),
        (open_courses(phase=2, since=date(2020, 8, 1), count=3), (72,)),
        (open_courses(phase=2, count=2), (48, 48, 48)),
        (open_courses(phase=2, since=date(2026, 12, 1)), (0, *EIGHTEEN[15:])),
        (open_courses(since=date(2027, 2, 1)), (0, 0, 0, *EIGHTEEN)),
    ],
)
def test_a_course_binds_what_is_left_of_it_and_a_late_phase_goes_on(
    courses: OpenCourses, left: tuple[int, ...]
) -> None:
    assert hours_left(courses, programme(ESTIMATED), NOVEMBER) == left


# The forecast


def test_months_are_those_of_the_office_from_the_present_one_on() -> None:
    first = counted(now=datetime(2026, 11, 30, 22, 59, 59, tzinfo=UTC)).months
    assert (first[0].month, first[-1].month, len(first)) == (NOVEMBER, date(2028, 10, 1), HORIZON)
    assert counted(now=datetime(2026, 11, 30, 23, 0, tzinfo=UTC)).months[0].month == date(2026, 12, 1)


def test_all_open_courses_bind_together() -> None:
    courses = (open_courses(), open_courses(phase=2, count=2))
    months = counted(courses, hours=150).months
    assert [each.bound for each in months] == [78, 78, 78, *([20] * 12), *([24] * 3), *([0] * 6)]
    assert {each.available for each in months} == {150}


def test_hours_beyond_the_last_month_are_not_told() -> None:
    long = programme((ADVICE.model_copy(update={"months": 30, "hours_per_month": 5}),))
    assert [each.bound for each in counted((open_courses(),), long).months] == [5] * HORIZON


def test_what_one_more_course_costs_is_told_for_what_is_offered_or_was_within_a_year() -> None:
    today = office_date(NOON)
    ended = programme(ESTIMATED).model_copy(update={"version": 2, "valid_until": today - timedelta(days=365)})
    long_ended = ended.model_copy(update={"version": 3, "valid_until": today - timedelta(days=366)})
    day = programme(()).model_copy(update={"programme": "learning-day"})
    costs = counted((), programme(ESTIMATED), ended, long_ended, day).costs
    assert [(each.programme_version, each.months, each.per_stated_hour) for each in costs] == [
        (1, EIGHTEEN, 2),
        (2, EIGHTEEN, 2),
    ]


def test_a_forecast_stays_small() -> None:
    versions = [programme(ESTIMATED).model_copy(update={"version": number}) for number in range(1, 200)]
    assert len(counted((), *versions).costs) == COSTS


phases = st.lists(
    st.builds(
        PlannedPhase,
        name=st.just("phase"),
        names=st.just(ADVICE.names),
        months=st.integers(1, 30),
        hours_per_month=st.none() | st.integers(1, 99),
    ),
    min_size=1,
    max_size=4,
).map(tuple)


@patient
@given(phases, st.none() | st.integers(1, 500), st.integers(1, 4), st.integers(0, 60), st.data())
def test_no_course_binds_more_than_it_takes_in_all_and_an_open_one_never_nothing_but_when_it_has_no_hours(
    planned: tuple[PlannedPhase, ...], stated: int | None, team_size: int, late: int, data: st.DataObject
) -> None:
    course = programme(planned, team_size=team_size)
    running = data.draw(st.integers(0, len(planned) - 1))
    by_phase = hours_by_phase(course, stated)
    left = hours_left(open_courses(running, months_later(NOVEMBER, -late), hours=stated), course, NOVEMBER)
    assert 1 <= len(left) <= sum(phase.months for phase in planned)
    assert sum(left) <= sum(map(sum, by_phase))
    if stated is not None:
        assert sum(map(sum, by_phase)) == stated * team_size


# Telling it


def test_a_forecast_is_told_when_it_says_something_else() -> None:
    before, after = counted(), counted((open_courses(),), now=NOON + timedelta(minutes=1))
    december = Timer("capacity/next-month", datetime(2026, 12, 1, tzinfo=OFFICE), DUE)
    assert tell(None, before) == Decision(before, (before,), (december,))
    assert tell(before, after) == Decision(after, (after,), (december,))
    assert tell(before, counted(now=NOON + timedelta(minutes=1))) == Decision(before, timers=(december,))


def test_a_new_month_says_something_else() -> None:
    later = counted(now=NOON + timedelta(days=1))
    assert tell(counted(), later).events == (later,)


def test_what_was_counted_earlier_than_what_is_told_comes_too_late() -> None:
    told = counted()
    assert tell(told, counted((open_courses(),), now=NOON - timedelta(microseconds=1))) == Decision(told)
    assert tell(told, counted((open_courses(),))).events != ()


@pytest.mark.parametrize(("second", "due"), [(0, 10), (0.000001, 10), (9.999999, 10), (10, 20)])
def test_changes_of_the_same_ten_seconds_are_counted_together(second: float, due: int) -> None:
    start = datetime(2026, 11, 30, 11, tzinfo=UTC)
    assert next_look(start + timedelta(seconds=second)) == start + timedelta(seconds=due)


# In the service


@pytest.fixture
async def service(scheduling_service: ServiceUnderTest) -> ServiceUnderTest:
    await scheduling_service.happen(handlers, *published_programmes())
    return scheduling_service


async def corps_of(service: ServiceUnderTest, *hours: int) -> list[dict[str, Any]]:
    consultants = []
    for number, each in enumerate(hours):
        wish = {"name": f"Consultant {number}", "skills": ["leadership", "parents"], "hours_per_month": each}
        answer = await service.post("/api/v1/consultants", wish, "david")
        assert answer.status_code == 201, answer.text
        consultants.append(answer.json())
    return consultants


async def test_the_corps_stands_in_the_order_of_the_alphabet(service: ServiceUnderTest) -> None:
    names = ["Åse Holm", "Zenia Bo", "aage lund", "Ærø Dahl", "Anna Friis", "Øjvind Ø"]
    for name in names:
        wish = {"name": name, "skills": ["parents"], "hours_per_month": 1}
        assert (await service.post("/api/v1/consultants", wish, "david")).status_code == 201
    listed = [each["name"] for each in (await service.get("/api/v1/consultants", "david")).json()]
    in_order = ["Anna Friis", "Zenia Bo", "Ærø Dahl", "Øjvind Ø", "aage lund", "Åse Holm"]
    assert listed == in_order


async def told(service: ServiceUnderTest) -> list[dict[str, Any]]:
    return [data for name, data in await service.published() if name == "CapacityForecast"]


async def timers(service: ServiceUnderTest) -> list[str]:
    async with service.database.work() as work:
        return list(await work.session.scalars(text("select type from scheduling.timer where key like 'capacity/%'")))


def an_agreement(**changes: Any) -> Any:
    facts = {"application_id": uuid4(), "agreement_id": uuid4(), "starts_on": changes.get("on", OPENED_ON)}
    return signed(OPENED_ON).model_copy(update=facts | changes)


async def test_what_is_bound_follows_courses_through_their_phases(service: ServiceUnderTest) -> None:
    await corps_of(service, 100, 60)
    today = office_date(service.clock.now())
    await service.happen(handlers, DUE)
    short = {"programme": "short-course", "hours": 20}
    await service.happen(handlers, an_agreement(on=today), an_agreement(on=today, **short), DUE)
    empty, full = await told(service)
    assert ({each["bound"] for each in empty["months"]}, empty["months"][0]["available"]) == ({0}, 160)
    hours = [30 + 13, 30 + 13, 30 + 14, *([20] * 12), *([24] * 3), *([0] * 6)]
    assert [each["bound"] for each in full["months"]] == hours
    courses = (await service.get("/api/v1/courses", "david")).json()
    id = next(each["id"] for each in courses if each["programme"] == "short-course")
    done = await service.post(f"/api/v1/courses/{id}/phases/advice/completion", None, "eva", if_match='"1"')
    assert done.status_code == 200
    await service.happen(handlers, DUE)
    assert [each["bound"] for each in (await told(service))[-1]["months"]] == [*EIGHTEEN, *([0] * 6)]


async def test_a_course_binds_hours_from_the_month_in_which_it_starts(service: ServiceUnderTest) -> None:
    today = office_date(service.clock.now())
    starts_on = months_later(month_of(today), 2)
    await service.happen(handlers, an_agreement(on=today, starts_on=starts_on), DUE)
    assert [each["bound"] for each in (await told(service))[-1]["months"]] == [0, 0, *EIGHTEEN, *([0] * 4)]


async def test_nothing_is_told_when_nothing_has_changed(service: ServiceUnderTest) -> None:
    await service.happen(handlers, DUE, DUE)
    await service.happen(handlers, DUE)
    assert len(await told(service)) == 1


async def test_of_two_that_count_at_once_one_tells(service: ServiceUnderTest) -> None:
    await service.happen(handlers, an_agreement())
    await asyncio.gather(*(service.happen(handlers, DUE) for _ in range(5)))
    assert len(await told(service)) == 1


async def test_every_change_is_counted_soon_and_many_share_one_timer(service: ServiceUnderTest) -> None:
    async def cleared() -> None:
        async with service.database.work() as work:
            await work.session.execute(text("delete from scheduling.timer"))
            await work.commit()

    assert await timers(service) == [ForecastFellDue.type_name()]
    await cleared()
    await service.happen(handlers, *(an_agreement() for _ in range(20)))
    assert len(await timers(service)) == 1
    await cleared()
    (consultant,) = await corps_of(service, 100)
    assert len(await timers(service)) == 1
    await cleared()
    changed = await change(service, consultant["id"], 80)
    assert (changed.status_code, len(await timers(service))) == (200, 1)


async def test_counting_takes_as_many_queries_for_fifty_courses_as_for_one(service: ServiceUnderTest) -> None:
    counts = []
    for number in (1, 49):
        await service.happen(handlers, *(an_agreement() for _ in range(number)))
        async with service.statements() as sent:
            await service.happen(handlers, DUE)
        counts.append(len(sent))
    assert counts[0] == counts[1]
    assert [each["months"][0]["bound"] for each in await told(service)] == [30, 1500]


async def change(service: ServiceUnderTest, id: str, hours: Any, name: str = "david", *, seen: int = 1) -> Any:
    body = {"hours_per_month": hours}
    return await service.post(f"/api/v1/consultants/{id}/hours", body, name, if_match=f'"{seen}"')


async def test_a_consultants_hours_change_what_is_available(service: ServiceUnderTest) -> None:
    first, _ = await corps_of(service, 100, 100)
    changed = await change(service, first["id"], 0)
    assert (changed.json()["hours_per_month"], changed.headers["ETag"]) == (0, '"2"')
    assert (await service.get(f"/api/v1/consultants/{first['id']}", "david")).json() == changed.json()
    await service.happen(handlers, DUE)
    assert (await told(service))[-1]["months"][0]["available"] == 100


async def test_who_has_a_full_week_when_nothing_else_is_said(service: ServiceUnderTest) -> None:
    answer = await service.post("/api/v1/consultants", {"name": "Åse", "skills": ["parents"]}, "david")
    assert (answer.json()["hours_per_month"], answer.json()["version"]) == (100, 1)


async def test_of_two_changes_of_hours_at_once_one_counts(service: ServiceUnderTest) -> None:
    (consultant,) = await corps_of(service, 100)
    answers = await asyncio.gather(*(change(service, consultant["id"], hours) for hours in (50, 60)))
    assert sorted(answer.status_code for answer in answers) == [200, 412]


@pytest.mark.parametrize("hours", [-1, -0.5, 200.5, 201, "80", "1,5", None, True])
async def test_what_are_no_hours_is_refused(service: ServiceUnderTest, hours: Any) -> None:
    (consultant,) = await corps_of(service, 100)
    assert (await change(service, consultant["id"], hours)).status_code == 422
    assert (await service.get(f"/api/v1/consultants/{consultant['id']}", "david")).json() == consultant


async def test_nobody_changes_the_hours_of_a_stranger(service: ServiceUnderTest) -> None:
    assert (await change(service, str(UUID(int=1)), 80)).status_code == 404


async def test_only_who_leads_the_corps_changes_hours(service: ServiceUnderTest) -> None:
    (consultant,) = await corps_of(service, 100)
    for name in everybody_but("coordinator", "administrator"):
        assert (await change(service, consultant["id"], 80, name)).status_code == 403


async def test_the_forecast_is_read_as_it_was_told(service: ServiceUnderTest) -> None:
    unknown: dict[str, Any] = {"as_of": None, "months": [], "costs": []}
    assert (await service.get("/api/v1/capacity", "clara")).json() == unknown
    await service.happen(handlers, an_agreement(), DUE)
    (forecast,) = await told(service)
    assert {"corps": CORPS} | (await service.get("/api/v1/capacity", "clara")).json() == forecast


async def test_the_page_says_what_is_not_known_yet_and_then_shows_every_figure(service: ServiceUnderTest) -> None:
    browser = Browser(service)
    await browser.sign_in("clara")
    assert "has not been counted yet" in (await browser.open("/capacity?lang=en")).text
    await corps_of(service, 20)
    today = office_date(service.clock.now())
    await service.happen(handlers, an_agreement(on=today), DUE)
    page = await browser.open("/capacity?lang=en")
    assert page.text.count("<rect") == HORIZON
    rows = [re.findall(r">\s*([^<>]*?)\s*</", row) for row in re.findall(r"<tr>(.*?)</tr>", page.text, re.DOTALL)]
    by_month = [[cell for cell in row if cell] for row in rows if len(row) >= 5][1 : HORIZON + 1]
    month = month_of(today)
    assert by_month[0] == [f"{month:%B %Y}", "20", "30", "-10", "Too much"]
    assert by_month[3][1:] == ["20", "20", "0", "Full"]
    assert by_month[-1][1:] == ["20", "0", "20", "Room"]


async def test_hours_are_changed_on_the_consultants_page(service: ServiceUnderTest) -> None:
    (consultant,) = await corps_of(service, 100)
    path = f"/consultants/{consultant['id']}"
    await service.happen(handlers, DUE)
    david, eva, clara = (Browser(service) for _ in range(3))
    for browser, name in ((david, "david"), (eva, "eva"), (clara, "clara")):
        await browser.sign_in(name)
    assert f'href="{path}"' in (await david.open("/capacity?lang=en")).text
    assert path not in (await clara.open("/capacity?lang=en")).text
    assert (await clara.open(path)).status_code == 403
    assert f"{path}/hours" not in forms_of((await eva.open(path)).text)
    page = await david.open(f"{path}?lang=en")
    for wrong in ("201", "-1", "many", "1.5.5", ""):
        answer = await david.send(page, f"{path}/hours", hours_per_month=wrong)
        assert (answer.status_code, "hours_per_month-error" in answer.text) == (422, True)
        assert not wrong or f'value="{wrong}"' in answer.text
    await david.follow(await david.send(page, f"{path}/hours", hours_per_month="60"))
    assert (await david.send(page, f"{path}/hours", hours_per_month="70")).status_code == 412
    assert (await service.get(f"/api/v1{path}", "david")).json()["hours_per_month"] == 60
    assert (await david.open(f"/consultants/{UUID(int=1)}")).status_code == 404


async def test_half_hours_are_hours_too(service: ServiceUnderTest) -> None:
    first, second = await corps_of(service, 100, 60)
    path = f"/consultants/{first['id']}"
    david = Browser(service)
    await david.sign_in("david")
    shown = await david.follow(
        await david.send(await david.open(f"{path}?lang=da"), f"{path}/hours", hours_per_month="37,5 timer")
    )
    assert 'value="37,5"' in shown.text
    assert (await service.get(f"/api/v1{path}", "david")).json()["hours_per_month"] == 37.5
    await service.happen(handlers, DUE)
    forecast = (await service.get("/api/v1/capacity", "david")).json()
    assert forecast["months"][0]["available"] == 97
    assert ">37,5<" in (await david.open("/capacity")).text
    again = await change(service, second["id"], 60.25)
    assert (again.status_code, again.json()["hours_per_month"]) == (200, 60.25)


async def test_others_see_neither(service: ServiceUnderTest) -> None:
    for name in (*everybody_but("caseworker", "coordinator", "consultant", "administrator"), None):
        answers = [await service.get(path, name) for path in ("/api/v1/capacity", "/capacity")]
        assert {answer.status_code for answer in answers} <= {401, 403, 303}
