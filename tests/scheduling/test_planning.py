"""When: months counted from the start of the course, so that the end of a month does not creep."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from properties import patient
from scheduling_cases import ADVICE, CLOSING, LONG, START

from scheduling.courses.model import Phase
from scheduling.courses.planning import plan_phases
from shared.contracts.intake.programmes import PlannedPhase
from shared.contracts.vocabulary import Names
from shared.days import add_months

DAYS = st.dates(date(1900, 1, 1), date(2400, 12, 31))


def months_later(day: date, months: int) -> date:
    """The last day that exists, counting down from the wanted one."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for wanted in range(day.day, 0, -1):
        try:
            return date(years, month + 1, wanted)
        except ValueError:
            continue
    raise AssertionError("every month has a first day")


def phases_of(months: list[int]) -> tuple[PlannedPhase, ...]:
    names = Names(da="Fase", en="Phase")
    return tuple(PlannedPhase(name=f"phase-{n}", names=names, months=each) for n, each in enumerate(months))


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 11, 3), 0, date(2026, 11, 3)),
        (date(2026, 11, 3), 1, date(2026, 12, 3)),
        (date(2026, 11, 3), 2, date(2027, 1, 3)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
        (date(2026, 11, 3), 18, date(2028, 5, 3)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2028, 1, 29), 1, date(2028, 2, 29)),
        (date(2028, 1, 28), 1, date(2028, 2, 28)),
        (date(2100, 1, 29), 1, date(2100, 2, 28)),
        (date(2000, 1, 30), 1, date(2000, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2028, 2, 29), 48, date(2032, 2, 29)),
        (date(2026, 3, 31), 3, date(2026, 6, 30)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last_of_a_shorter_month(day: date, months: int, later: date) -> None:
    assert add_months(day, months) == later


@patient
@given(day=DAYS, months=st.integers(0, 600))
def test_any_number_of_months_is_counted_alike(day: date, months: int) -> None:
    assert add_months(day, months) == months_later(day, months)


def test_a_course_that_would_outlast_the_calendar_ends_with_it() -> None:
    start, advice, closing = plan_phases(LONG, date(9999, 11, 30))
    assert (start.planned_start, closing.planned_end) == (date(9999, 11, 30), date.max)
    assert (start.planned_end, advice.planned_end) == (date.max, date.max)


def test_a_long_course_is_planned_from_the_day_it_opens() -> None:
    assert plan_phases(LONG, date(2026, 11, 30)) == (
        Phase("start", START.names, date(2026, 11, 30), date(2027, 2, 28), START.owes),
        Phase("advice", ADVICE.names, date(2027, 2, 28), date(2028, 2, 29)),
        Phase("closing", CLOSING.names, date(2028, 2, 29), date(2028, 5, 30), CLOSING.owes),
    )


@patient
@given(start=DAYS, months=st.lists(st.integers(1, 30), min_size=1, max_size=6))
def test_each_phase_ends_so_many_months_after_the_start_of_the_course(start: date, months: list[int]) -> None:
    ends = [phase.planned_end for phase in plan_phases(phases_of(months), start)]
    assert ends == [months_later(start, sum(months[: count + 1])) for count in range(len(months))]


@patient
@given(start=DAYS, months=st.lists(st.integers(1, 30), min_size=1, max_size=6))
def test_each_phase_begins_where_the_one_before_ends(start: date, months: list[int]) -> None:
    planned = plan_phases(phases_of(months), start)
    assert [phase.planned_start for phase in planned] == [start, *(phase.planned_end for phase in planned[:-1])]
    assert all(phase.planned_start < phase.planned_end for phase in planned)


def test_no_phase_of_a_plan_has_started() -> None:
    assert [phase.is_running for phase in plan_phases(LONG, date(2026, 11, 30))] == [False, False, False]
