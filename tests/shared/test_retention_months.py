"""Months in UTC, which of them need a part of the log, and which are old enough to lose it."""

from datetime import UTC, datetime

import pytest

from shared.retention.months import Month, months_before, months_to_drop, months_to_part

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+00:00")


@pytest.mark.parametrize(
    ("moment", "month"),
    [
        (at("2026-11-01T00:00"), Month(2026, 11)),
        (at("2026-11-30T23:59:59.999999"), Month(2026, 11)),
        (at("2026-12-31T23:59:59.999999"), Month(2026, 12)),
        (at("2027-01-01T00:00"), Month(2027, 1)),
        (datetime.fromisoformat("2027-01-01T00:30+01:00"), Month(2026, 12)),
        (datetime.fromisoformat("2026-12-31T23:30-01:00"), Month(2027, 1)),
    ],
)
def test_a_moment_lies_in_its_month_in_utc(moment: datetime, month: Month) -> None:
    assert Month.of(moment) == month
    assert month.begins <= moment < month.ends


@pytest.mark.parametrize(
    ("month", "ends"),
    [
        (Month(2026, 11), at("2026-12-01T00:00")),
        (Month(2026, 12), at("2027-01-01T00:00")),
        (Month(2027, 2), at("2027-03-01T00:00")),
        (Month(2028, 2), at("2028-03-01T00:00")),
    ],
)
def test_a_month_ends_where_the_next_begins(month: Month, ends: datetime) -> None:
    assert (month.ends, month.plus(1).begins) == (ends, ends)


def test_months_are_counted_over_the_turn_of_the_year() -> None:
    counted = [Month(2026, 12).plus(months) for months in (-12, -11, 0, 1, 12, 13)]
    assert counted == [
        Month(2025, 12),
        Month(2026, 1),
        Month(2026, 12),
        Month(2027, 1),
        Month(2027, 12),
        Month(2028, 1),
    ]


def test_a_part_is_known_by_its_name_and_other_tables_are_none() -> None:
    assert Month(2026, 1).part == "event_2026_01"
    assert Month.of_part("event_2026_01") == Month(2026, 1)
    for other in (
        "event_default",
        "event_2026_13",
        "event_2026_00",
        "event_2026_1",
        "event_2026_011",
        "xevent_2026_01",
    ):
        assert Month.of_part(other) is None


@pytest.mark.parametrize(
    ("moment", "months", "before"),
    [
        ("2026-11-21T12:00", 25, "2024-10-21T12:00"),
        ("2026-03-31T12:00", 1, "2026-02-28T12:00"),
        ("2028-03-31T12:00", 1, "2028-02-29T12:00"),
        ("2028-02-29T12:00", 12, "2027-02-28T12:00"),
        ("2028-02-29T12:00", 48, "2024-02-29T12:00"),
        ("2027-01-01T00:00", 1, "2026-12-01T00:00"),
    ],
)
def test_months_before_a_moment(moment: str, months: int, before: str) -> None:
    assert months_before(at(moment), months) == at(before)


@pytest.mark.parametrize(
    ("now", "parts"),
    [
        ("2026-11-30T23:59:59.999999", ["event_2026_11", "event_2026_12", "event_2027_01", "event_2027_02"]),
        ("2026-12-01T00:00", ["event_2026_12", "event_2027_01", "event_2027_02", "event_2027_03"]),
    ],
)
def test_this_month_and_three_to_come_have_parts(now: str, parts: list[str]) -> None:
    assert [month.part for month in months_to_part(at(now), set(), set())] == parts


def test_what_has_its_part_already_needs_none_and_what_stands_without_one_does() -> None:
    parted = {Month(2026, 11), Month(2026, 12)}
    months = months_to_part(NOW, parted, {Month(2019, 5), Month(2026, 12), Month(2031, 1)})
    assert months == (Month(2019, 5), Month(2027, 1), Month(2027, 2), Month(2031, 1))


@pytest.mark.parametrize(
    ("now", "dropped"),
    [
        ("2026-11-30T23:59:59.999999", [Month(2019, 10)]),
        ("2026-12-01T00:00", [Month(2019, 10), Month(2019, 11)]),
    ],
)
def test_a_month_goes_when_its_last_event_is_older_than_the_limit(now: str, dropped: list[Month]) -> None:
    parted = {Month(2019, 10), Month(2019, 11), Month(2019, 12), Month(2026, 11)}
    assert list(months_to_drop(at(now), parted, 84)) == dropped
