"""When a round takes applications, on whose clock, which rounds are refused, and how a round closes itself."""

import asyncio
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from intake_cases import NOON, ROUND_ID, a_round, case, programme, real_programme
from properties import patient
from service_under_test import OpenIntake, ServiceUnderTest
from sqlalchemy import text

import intake
from intake.applications.eligibility import judge
from intake.applications.model import Verdict
from intake.rounds.decisions import approaching, closing, extend_round, open_round
from intake.rounds.model import Extension, Round, Zone
from shared.contracts.intake.rounds import DeadlineApproached, RoundClosed, RoundOpened
from shared.contracts.vocabulary import IntakeMode
from shared.decision import Decision, Timer
from shared.errors import Refused
from shared.events.timers import Timers

SECOND = timedelta(seconds=1)
DAYS = st.dates(date(1900, 1, 1), date(2500, 12, 31))


# the round


def round_verdicts(round_: Round, now: datetime) -> dict[str, bool]:
    return {each.rule: each.passed for each in judge(case(), programme(), round_, now)}


@pytest.mark.parametrize(
    ("zone", "deadline", "first_moment_after"),
    [
        (Zone.COPENHAGEN, date(2017, 11, 3), datetime(2017, 11, 3, 23, tzinfo=UTC)),
        (Zone.COPENHAGEN, date(2026, 7, 1), datetime(2026, 7, 1, 22, tzinfo=UTC)),
        (Zone.NUUK, date(2026, 11, 3), datetime(2026, 11, 4, 2, tzinfo=UTC)),
        (Zone.NUUK, date(2026, 7, 1), datetime(2026, 7, 2, 1, tzinfo=UTC)),
        # the clocks change in the night before the deadline ends, on its day, and on the day after
        (Zone.COPENHAGEN, date(2026, 3, 28), datetime(2026, 3, 28, 23, tzinfo=UTC)),
        (Zone.COPENHAGEN, date(2026, 3, 29), datetime(2026, 3, 29, 22, tzinfo=UTC)),
        (Zone.COPENHAGEN, date(2026, 10, 24), datetime(2026, 10, 24, 22, tzinfo=UTC)),
        (Zone.COPENHAGEN, date(2026, 10, 25), datetime(2026, 10, 25, 23, tzinfo=UTC)),
        # in Nuuk the last hour of the Saturday before is left out in spring and comes twice in autumn
        (Zone.NUUK, date(2026, 3, 28), datetime(2026, 3, 29, 1, tzinfo=UTC)),
        (Zone.NUUK, date(2026, 3, 29), datetime(2026, 3, 30, 1, tzinfo=UTC)),
        (Zone.NUUK, date(2026, 10, 24), datetime(2026, 10, 25, 2, tzinfo=UTC)),
        (Zone.NUUK, date(2026, 10, 25), datetime(2026, 10, 26, 2, tzinfo=UTC)),
    ],
)
def test_the_last_second_of_the_deadline_counts_and_the_next_does_not(
    zone: Zone, deadline: date, first_moment_after: datetime
) -> None:
    round_ = a_round(deadline, zone, opens_on=deadline)
    last = [round_verdicts(round_, first_moment_after + step)["deadline"] for step in (-SECOND, 0 * SECOND)]
    assert last == [True, False]


@pytest.mark.parametrize(
    ("zone", "opens_on", "first_moment"),
    [
        (Zone.COPENHAGEN, date(2026, 10, 1), datetime(2026, 9, 30, 22, tzinfo=UTC)),
        (Zone.COPENHAGEN, date(2026, 3, 29), datetime(2026, 3, 28, 23, tzinfo=UTC)),
        (Zone.COPENHAGEN, date(2026, 10, 25), datetime(2026, 10, 24, 22, tzinfo=UTC)),
        (Zone.NUUK, date(2026, 10, 1), datetime(2026, 10, 1, 1, tzinfo=UTC)),
        (Zone.NUUK, date(2026, 3, 29), datetime(2026, 3, 29, 1, tzinfo=UTC)),
        (Zone.NUUK, date(2026, 10, 25), datetime(2026, 10, 25, 2, tzinfo=UTC)),
    ],
)
def test_the_first_second_of_the_opening_day_counts_and_the_one_before_does_not(
    zone: Zone, opens_on: date, first_moment: datetime
) -> None:
    round_ = a_round(opens_on, zone, opens_on=opens_on)
    first = [round_verdicts(round_, first_moment + step)["round_open"] for step in (-SECOND, 0 * SECOND)]
    assert first == [False, True]


@patient
@given(day=DAYS, zone=st.sampled_from(Zone), around=st.integers(-200_000, 200_000))
def test_what_the_local_calendar_says_decides_for_any_day_and_zone(day: date, zone: Zone, around: int) -> None:
    now = datetime(day.year, day.month, day.day, 12, tzinfo=UTC) + timedelta(seconds=around)
    local_date = now.astimezone(ZoneInfo(zone)).date()
    expected = {"round_open": day <= local_date, "deadline": local_date <= day}
    assert round_verdicts(a_round(day, zone, opens_on=day), now) == expected


def test_a_round_states_its_days_as_facts() -> None:
    assert judge(case(), programme(), a_round(), NOON) == (
        Verdict("round_open", True, facts={"opens_on": "2026-10-01"}),
        Verdict("deadline", True, facts={"deadline": "2026-11-03"}),
    )


# opening a round


def refusal(round_: Round, slug: str = "long-course", now: datetime = NOON) -> tuple[str, dict[str, object]]:
    with pytest.raises(Refused) as refused:
        open_round(round_, real_programme(slug), now)
    return refused.value.slug, refused.value.parameters


def test_a_round_is_announced_with_its_first_moment_and_the_first_that_is_too_late() -> None:
    opened = RoundOpened(
        round_id=ROUND_ID,
        programme="long-course",
        opens_at=datetime(2026, 9, 30, 22, tzinfo=UTC),
        closes_at=datetime(2026, 11, 3, 23, tzinfo=UTC),
    )
    decision = open_round(a_round(), real_programme("long-course"), NOON)
    assert decision == Decision(a_round(), (opened,), (approaching(a_round()), closing(a_round())))


@pytest.mark.parametrize("zone", Zone)
def test_a_round_is_to_close_at_the_first_moment_that_is_too_late(zone: Zone) -> None:
    round_ = a_round(zone=zone)
    closed = RoundClosed(round_id=ROUND_ID, programme="long-course")
    assert closing(round_) == Timer(f"round/{ROUND_ID}/closing", round_.closes_at, closed)


def test_the_last_week_of_a_round_is_told_when_it_reminds() -> None:
    round_ = a_round()
    approached = DeadlineApproached(round_id=ROUND_ID, programme="long-course", closes_at=round_.closes_at)
    assert approaching(round_) == Timer(f"round/{ROUND_ID}/approaching", round_.reminds_at, approached)


@pytest.mark.parametrize("timer", [approaching, closing])
def test_another_deadline_replaces_the_end_of_a_round(timer: Callable[[Round], Timer]) -> None:
    early, late = timer(a_round()), timer(a_round(date(2026, 12, 1)))
    assert early.key == late.key
    assert early.due_at < late.due_at


def test_a_round_may_open_later_or_have_opened_already() -> None:
    early, late = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 11, 3, tzinfo=UTC)
    assert [open_round(a_round(), real_programme("long-course"), now).state for now in (early, late)] == [a_round()] * 2


@pytest.mark.parametrize("slug", ["short-course", "mini-course"])
def test_a_rolling_programme_has_no_rounds(slug: str) -> None:
    assert refusal(a_round(programme=slug), slug) == ("programme-without-rounds", {"programme": slug})


def test_a_programme_with_registration_has_no_rounds() -> None:
    with pytest.raises(Refused) as refused:
        open_round(a_round(), programme(intake=IntakeMode.REGISTRATION), NOON)
    assert (refused.value.slug, refused.value.parameters) == ("programme-without-rounds", {"programme": "a-course"})


def test_a_round_may_last_one_day_and_no_less() -> None:
    day = date(2026, 12, 1)
    one_day = a_round(day, opens_on=day)
    assert open_round(one_day, real_programme("long-course"), NOON).state == one_day
    assert refusal(a_round(day - timedelta(days=1), opens_on=day)) == (
        "round-closes-before-it-opens",
        {"opens_on": day, "deadline": date(2026, 11, 30)},
    )


@pytest.mark.parametrize("zone", Zone)
def test_a_round_may_be_opened_until_its_last_second_and_no_later(zone: Zone) -> None:
    round_ = a_round(zone=zone)
    assert open_round(round_, real_programme("long-course"), round_.closes_at - SECOND).state == round_
    assert refusal(round_, now=round_.closes_at) == ("round-already-over", {"deadline": date(2026, 11, 3)})


# a round closes itself


@pytest.fixture
async def office(intake_service: ServiceUnderTest) -> OpenIntake:
    return await OpenIntake.of(intake_service)


async def timers(service: ServiceUnderTest) -> list[tuple[str, datetime]]:
    """Which rounds are to close, by key."""
    async with service.database.work() as work:
        rows = await work.session.execute(
            text("select key, due_at from intake.timer where key like '%/closing' order by due_at, key")
        )
        return [(key, due_at) for key, due_at in rows]


async def closed(service: ServiceUnderTest) -> list[dict[str, Any]]:
    """What has been told of closed rounds."""
    return [data for name, data in await service.published() if name == "RoundClosed"]


async def look(service: ServiceUnderTest) -> None:
    """What the worker does again and again."""
    while await Timers(database=service.database).publish_due():
        pass


def timer_of(round_: dict[str, Any]) -> tuple[str, datetime]:
    return f"round/{round_['id']}/closing", datetime.fromisoformat(round_["closes_at"])


async def open_another(office: OpenIntake, **changes: Any) -> dict[str, Any]:
    wish = {"programme": "long-course", "opens_on": office.round["opens_on"], "deadline": office.round["deadline"]}
    answer = await office.service.post("/api/v1/rounds", wish | changes, "david")
    assert answer.status_code == 201, answer.text
    opened: dict[str, Any] = answer.json()
    return opened


async def test_an_opened_round_closes_itself_when_its_deadline_has_passed(office: OpenIntake) -> None:
    service, closes_at = office.service, datetime.fromisoformat(office.round["closes_at"])
    assert await timers(service) == [timer_of(office.round)]
    stop = asyncio.Event()
    running = asyncio.create_task(Timers(database=service.database).run(stop))
    service.clock.move_to(closes_at - timedelta(minutes=1))
    await asyncio.sleep(1.5)  # more than one look
    assert await closed(service) == []
    service.clock.move_to(closes_at)
    async with asyncio.timeout(10):
        while not await closed(service):
            await asyncio.sleep(0.05)
    stop.set()
    await running
    assert await closed(service) == [{"round_id": office.round["id"], "programme": "long-course"}]
    assert await timers(service) == []


async def test_rounds_close_each_in_its_own_zone(office: OpenIntake) -> None:
    service = office.service
    nuuk = await open_another(office, zone="America/Nuuk")
    assert await timers(service) == [timer_of(office.round), timer_of(nuuk)]
    service.clock.move_to(datetime.fromisoformat(office.round["closes_at"]))
    await look(service)
    assert [each["round_id"] for each in await closed(service)] == [office.round["id"]]
    service.clock.move_to(datetime.fromisoformat(nuuk["closes_at"]))
    await look(service)
    assert [each["round_id"] for each in await closed(service)] == [office.round["id"], nuuk["id"]]


async def test_the_end_of_a_round_is_part_of_the_conversation_in_which_it_was_opened(office: OpenIntake) -> None:
    service = office.service
    service.clock.move_to(datetime.fromisoformat(office.round["closes_at"]))
    await look(service)
    subject = {"subject": f"round/{office.round['id']}"}
    async with service.database.work() as work:
        statement = text(
            "select type, sequence, correlation_id, time from intake.event where subject = :subject order by sequence"
        )
        opened, approached, ended = (await work.session.execute(statement, subject)).all()
    told = (RoundOpened, DeadlineApproached, RoundClosed)
    assert [each.type for each in (opened, approached, ended)] == [each.type_name() for each in told]
    assert (opened.sequence, approached.sequence, ended.sequence) == (1, 2, 3)
    assert opened.correlation_id == approached.correlation_id == ended.correlation_id
    assert ended.time >= datetime.fromisoformat(office.round["closes_at"])


async def test_a_round_that_is_asked_for_twice_closes_once(office: OpenIntake) -> None:
    service = office.service
    wish = {"programme": "long-course", "opens_on": office.round["opens_on"], "deadline": office.round["deadline"]}
    answers = [await service.post("/api/v1/rounds", wish, "david", key="the-same") for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert sorted(await timers(service)) == sorted([timer_of(office.round), timer_of(answers[0].json())])
    service.clock.move_to(datetime.fromisoformat(office.round["closes_at"]))
    await look(service)
    assert sorted(each["round_id"] for each in await closed(service)) == sorted(
        [office.round["id"], answers[0].json()["id"]]
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"programme": "short-course"},
        {"programme": "no-course"},
        {"deadline": "2001-01-01"},
        {"opens_on": "2020-01-01", "deadline": "2020-02-01"},
        {"zone": "Europe/Nowhere"},
    ],
)
async def test_a_round_that_is_refused_is_not_to_close(office: OpenIntake, changes: dict[str, str]) -> None:
    wish = {"programme": "long-course", "opens_on": office.round["opens_on"], "deadline": office.round["deadline"]}
    answer = await office.service.post("/api/v1/rounds", wish | changes, "david")
    assert answer.status_code in (409, 422), answer.text
    assert await timers(office.service) == [timer_of(office.round)]


async def test_a_closed_round_takes_no_application_and_says_nothing_new(office: OpenIntake) -> None:
    service = office.service
    service.clock.move_to(datetime.fromisoformat(office.round["closes_at"]))
    for _ in range(2):
        answer = await service.post("/api/v1/applications", office.long_course(), "anna")
        assert [each["rule"] for each in answer.json()["refusals"]] == ["deadline"]
        await look(service)
    shown = await service.get(f"/api/v1/rounds/{office.round['id']}", None)
    assert shown.json() == office.round
    assert len(await closed(service)) == 1


@pytest.mark.parametrize("decide", ["open", "extend"])
def test_a_round_ends_at_most_five_years_ahead(decide: str) -> None:
    def ends(on: date) -> object:
        if decide == "open":
            return open_round(a_round(on), real_programme("long-course"), NOON)
        return extend_round(a_round(), Extension(a_round().deadline, on, "Ill", "david", NOON), NOON)

    latest = date(2031, 11, 2)
    assert ends(latest)
    with pytest.raises(Refused) as refused:
        ends(date(2031, 11, 3))
    facts = {"field": "deadline", "day": date(2031, 11, 3), "latest": latest}
    assert (refused.value.slug, refused.value.parameters) == ("day-too-far-ahead", facts)


BY_THEIR_CLOCK = (
    *("applications", "changes", "clarifications", "drafts", "gatherings", "materials", "rankings", "registrations"),
    *("releases", "rounds", "substitutions"),
)
"""The slices whose pages have to do with a round or a gathering."""


def test_what_has_to_do_with_a_round_or_a_gathering_is_shown_by_its_own_clock() -> None:
    slices = Path(intake.__file__).parent
    templates = [each for name in BY_THEIR_CLOCK for each in (slices / name / "templates").glob("*.html")]
    bare = {said for each in templates for said in re.findall(r"([\w.]+) \| moment(?!\()", each.read_text())}
    assert bare == {"capacity.as_of", "board.forecast.as_of"}, "the corps is counted by the office's clock"
