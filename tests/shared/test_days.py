"""Days that are counted from others, to both ends of the calendar."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.days import add_months
from shared.hours import months_between, months_later


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(9999, 11, 30), 1, date(9999, 12, 30)),
        (date(9999, 12, 1), 1, date.max),
        (date.max, 1_000_000, date.max),
        (date(1, 1, 31), -1, date.min),
        (date(1, 2, 28), -1, date(1, 1, 28)),
    ],
)
def test_the_calendar_has_ends(day: date, months: int, later: date) -> None:
    assert add_months(day, months) == later


@given(st.dates(), st.integers(-200_000, 200_000))
def test_no_number_of_months_is_too_many(day: date, months: int) -> None:
    later = add_months(day, months)
    assert later in (date.min, date.max) or months_between(day, later) == months
    assert months_later(day, months).day == 1
