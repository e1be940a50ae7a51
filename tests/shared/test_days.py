"""Days that are counted from others, to both ends of the calendar."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.days import add_days, add_months, moment_of
from shared.hours import months_between, months_later
from shared.office import office_midnight


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


@given(st.dates(), st.integers(-5_000_000, 5_000_000))
def test_no_number_of_days_is_too_many(day: date, days: int) -> None:
    later = add_days(day, days)
    assert later in (date.min, date.max) or later - day == timedelta(days=days)


@given(st.dates(), st.sampled_from(["Europe/Copenhagen", "America/Nuuk", "Pacific/Auckland"]))
def test_every_day_has_its_moments(day: date, zone: str) -> None:
    for at in (time(), time(8), time.max):
        assert abs(moment_of(day, at, zone) - datetime.combine(day, at, UTC)) <= timedelta(hours=14)


@pytest.mark.parametrize("day", [date.min, date.max])
def test_the_ends_of_the_calendar_are_days_at_the_office(day: date) -> None:
    assert office_midnight(day).tzinfo is UTC
