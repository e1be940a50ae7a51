"""When a round takes applications, on whose clock, and which rounds are refused."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from intake_cases import NOON, ROUND_ID, a_round, case, programme, real_programme
from properties import patient

from intake.applications.eligibility import judge
from intake.applications.model import Verdict
from intake.rounds.decisions import open_round
from intake.rounds.model import Round, Zone
from shared.contracts.intake import IntakeMode, RoundOpened
from shared.decision import Decision
from shared.errors import Refused

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
    assert open_round(a_round(), real_programme("long-course"), NOON) == Decision(a_round(), (opened,))


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
