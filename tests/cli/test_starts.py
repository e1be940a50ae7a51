"""What somebody types to say where in the log to begin."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from praksis.errors import WrongUsage
from praksis.events.starts import LARGEST_OFFSET, start_of
from shared.clock import FixedClock, SystemClock

NOW = datetime(2030, 3, 26, 9, tzinfo=UTC)
CLOCK = FixedClock(NOW)


@pytest.mark.parametrize(
    ("typed", "place", "stream_offset"),
    [
        ("first", "first", "first"),
        ("new", "new", "next"),
        ("0", 0, 0),
        ("0120", 120, 120),
        ("9" * 30, LARGEST_OFFSET, LARGEST_OFFSET),
        ("2030-03-26T09:00:00Z", NOW, "first"),
        ("2030-03-26T09:00", NOW, "first"),
        ("2030-03-26 10:00+01:00", NOW, "first"),
        ("2030-03-26", datetime(2030, 3, 26, tzinfo=UTC), "first"),
        ("0001-01-01T00:00+14:00", datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))), "first"),
    ],
)
def test_a_start_is_a_word_an_offset_or_a_time(typed: str, place: object, stream_offset: object) -> None:
    start = start_of(typed, CLOCK)
    assert (start.place, start.stream_offset) == (place, stream_offset)


@pytest.mark.parametrize("typed", ["", " ", "-1", "1.5", "1e3", "١٢", "last", "yesterday", "2030-02-30", "2030-03-26T"])
def test_anything_else_is_refused_with_what_is_possible(typed: str) -> None:
    with pytest.raises(WrongUsage, match="neither `first`, `new`, an offset such as 120, nor a time") as refused:
        start_of(typed, CLOCK)
    assert refused.value.status == 2


def test_a_start_lies_in_the_future_from_the_next_moment_on() -> None:
    assert start_of(NOW.isoformat(), CLOCK).place == NOW
    with pytest.raises(WrongUsage, match="lies in the future: it is 2030-03-26 09:00Z"):
        start_of((NOW + timedelta(microseconds=1)).isoformat(), CLOCK)


def test_who_meant_the_simulated_time_is_told_how_to_name_it() -> None:
    with pytest.raises(WrongUsage, match="PRAKSIS_CLOCK_FILE"):
        start_of("9999-01-01", SystemClock())


def test_only_a_time_leaves_out_what_happened_before() -> None:
    earlier = NOW - timedelta(microseconds=1)
    assert [start_of(NOW.isoformat(), CLOCK).leaves_out(each) for each in (earlier, NOW)] == [True, False]
    assert [start_of(typed, CLOCK).leaves_out(earlier) for typed in ("first", "new", "5")] == [False] * 3
