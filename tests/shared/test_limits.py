"""How often something may be done: a burst, then one by one, and the next time is said to the moment."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.limits import Limit, TooOften, once_more, times_counted

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
LIMIT = Limit("tests", 4, timedelta(hours=1))
LONG_AGO = NOW - timedelta(days=1)


def after(times: int, limit: Limit = LIMIT) -> datetime:
    clear_at = LONG_AGO
    for _ in range(times):
        clear_at = once_more(limit, clear_at, NOW)
    return clear_at


def test_so_many_times_at_once_and_not_once_more() -> None:
    assert [times_counted(LIMIT, after(times), NOW) for times in range(5)] == [0, 1, 2, 3, 4]
    with pytest.raises(TooOften) as often:
        once_more(LIMIT, after(4), NOW)
    assert often.value.wait == timedelta(minutes=15)


@pytest.mark.parametrize(("minutes", "is_taken"), [(14.999, False), (15, True)])
def test_the_next_time_is_possible_after_the_wait_and_no_earlier(minutes: float, is_taken: bool) -> None:
    later = NOW + timedelta(minutes=minutes)
    if is_taken:
        assert times_counted(LIMIT, once_more(LIMIT, after(4), later), later) == 4
        return
    with pytest.raises(TooOften):
        once_more(LIMIT, after(4), later)


def test_after_the_whole_time_all_of_it_is_there_again() -> None:
    later = NOW + LIMIT.within
    assert times_counted(LIMIT, after(4), later) == 0


@pytest.mark.parametrize(("hours", "is_taken"), [(2, False), (2.001, True)])
def test_what_was_counted_by_a_clock_far_ahead_does_not_count(hours: float, is_taken: bool) -> None:
    clear_at = NOW + timedelta(hours=hours)
    if is_taken:
        assert (times_counted(LIMIT, clear_at, NOW), once_more(LIMIT, clear_at, NOW)) == (0, after(1))
        return
    assert times_counted(LIMIT, clear_at, NOW) == 8
    with pytest.raises(TooOften):
        once_more(LIMIT, clear_at, NOW)


@given(
    most=st.integers(1, 50),
    pauses=st.lists(st.floats(0, 4000), min_size=1, max_size=120),
)
def test_within_any_stretch_of_the_time_come_at_most_twice_as_many(most: int, pauses: list[float]) -> None:
    limit = Limit("tests", most, timedelta(hours=1))
    now, clear_at = NOW, LONG_AGO
    taken: list[datetime] = []
    ready: list[tuple[datetime, datetime]] = []
    for pause in pauses:
        now += timedelta(seconds=pause)
        try:
            clear_at = once_more(limit, clear_at, now)
        except TooOften as often:
            ready.append((clear_at, now + often.wait))
        else:
            taken.append(now)
    for was, then in ready:
        assert once_more(limit, was, then) == then + limit.within
    for first in taken:
        assert sum(first <= each < first + limit.within for each in taken) <= 2 * most
