"""Months and whole hours."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from properties import patient

from shared.hours import month_of, months_between, months_later, spread_evenly


@pytest.mark.parametrize(
    ("count", "month"),
    [
        (0, date(2026, 11, 1)),
        (1, date(2026, 12, 1)),
        (2, date(2027, 1, 1)),
        (14, date(2028, 1, 1)),
        (-10, date(2026, 1, 1)),
        (-11, date(2025, 12, 1)),
    ],
)
def test_months_are_counted_over_the_years(count: int, month: date) -> None:
    assert months_later(date(2026, 11, 1), count) == month
    assert months_between(date(2026, 11, 30), month) == count


def test_a_month_is_named_by_its_first_day() -> None:
    assert month_of(date(2028, 2, 29)) == date(2028, 2, 1)


@pytest.mark.parametrize(
    ("hours", "months", "spread"),
    [(40, 3, (13, 13, 14)), (2, 3, (0, 1, 1)), (0, 2, (0, 0)), (7, 1, (7,)), (6, 3, (2, 2, 2))],
)
def test_hours_are_spread_over_the_months(hours: int, months: int, spread: tuple[int, ...]) -> None:
    assert spread_evenly(hours, months) == spread


@patient
@given(st.integers(0, 10_000), st.integers(1, 120))
def test_no_hour_is_lost_and_no_month_gets_two_more_than_another(hours: int, months: int) -> None:
    spread = spread_evenly(hours, months)
    assert (sum(spread), len(spread)) == (hours, months)
    assert max(spread) - min(spread) <= 1
