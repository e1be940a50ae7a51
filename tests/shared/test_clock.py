"""The one clock of a process, and the time at the office."""

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from properties import patient

from shared.clock import FixedClock, SimulatedClock, SystemClock
from shared.office import office_date

MONTHS = timedelta(days=550)
A_MOMENT = timedelta(minutes=5)
"""More than any machine needs between two lines of a test."""


def is_about(instant: datetime, expected: datetime) -> bool:
    return timedelta() <= instant - expected < A_MOMENT


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "clock"


def test_the_systems_clock_tells_the_machines_time_in_utc() -> None:
    before = datetime.now(UTC)
    now = SystemClock().now()
    assert before <= now <= datetime.now(UTC)
    assert now.utcoffset() == timedelta()


def test_a_fixed_clock_stands_still_until_it_is_set() -> None:
    clock = FixedClock(datetime(2026, 11, 3, tzinfo=UTC))
    assert [clock.now(), clock.now()] == [datetime(2026, 11, 3, tzinfo=UTC)] * 2
    clock.instant += MONTHS
    assert clock.now() == datetime(2026, 11, 3, tzinfo=UTC) + MONTHS


# simulated


def test_without_a_file_the_simulated_time_is_the_machines(file: Path) -> None:
    before = datetime.now(UTC)
    assert before <= SimulatedClock(file).now() <= datetime.now(UTC)
    assert not file.exists()


def test_the_simulated_time_moves_on_from_where_it_was_moved_to(file: Path) -> None:
    clock, later = SimulatedClock(file), datetime.now(UTC) + MONTHS
    clock.move_to(later)
    first, second = clock.now(), clock.now()
    assert is_about(first, later)
    assert first <= second
    assert first.utcoffset() == timedelta()


def test_a_time_already_passed_is_left_alone(file: Path) -> None:
    clock, later = SimulatedClock(file), datetime.now(UTC) + MONTHS
    clock.move_to(datetime.now(UTC) - MONTHS)
    assert not file.exists()
    clock.move_to(later)
    clock.move_to(later - timedelta(seconds=1))
    assert is_about(clock.now(), later)


def test_processes_share_their_time_by_the_file(file: Path) -> None:
    one, other, later = SimulatedClock(file), SimulatedClock(file), datetime.now(UTC) + MONTHS
    other.now()
    one.move_to(later)
    assert is_about(other.now(), later)
    other.move_to(later + MONTHS)
    assert is_about(one.now(), later + MONTHS)
    assert is_about(SimulatedClock(file).now(), later + MONTHS)


def test_an_instant_of_another_zone_is_the_same_instant(file: Path) -> None:
    clock, later = SimulatedClock(file), datetime.now(UTC) + MONTHS
    clock.move_to(later.astimezone())
    assert is_about(clock.now(), later)


def test_nothing_but_the_file_is_left_behind(file: Path) -> None:
    SimulatedClock(file).move_to(datetime.now(UTC) + MONTHS)
    assert list(file.parent.iterdir()) == [file]


@patient
@given(moves=st.lists(st.tuples(st.integers(0, 1), st.integers(-400, 800)), max_size=8))
def test_time_never_goes_back_whoever_moves_it(moves: list[tuple[int, int]]) -> None:
    with TemporaryDirectory() as folder:
        clocks = [SimulatedClock(Path(folder) / "clock") for _ in range(2)]
        start = seen = clocks[0].now()
        for who, days in moves:
            wanted = start + timedelta(days=days)
            clocks[who].move_to(wanted)
            for clock in clocks:
                now = clock.now()
                assert now >= max(seen, wanted)
                seen = now


def test_two_moves_within_one_tick_of_the_file_system_both_count(file: Path) -> None:
    one, other, later = SimulatedClock(file), SimulatedClock(file), datetime.now(UTC) + MONTHS
    one.move_to(later)
    one.now()
    tick = file.stat().st_mtime_ns
    other.move_to(later + MONTHS)
    os.utime(file, ns=(tick, tick))
    assert is_about(one.now(), later + MONTHS)


def test_a_clock_whose_file_is_gone_starts_again_from_the_machines_time(file: Path) -> None:
    clock = SimulatedClock(file)
    clock.move_to(datetime.now(UTC) + MONTHS)
    clock.now()
    file.unlink()
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    clock.move_to(tomorrow)
    assert is_about(clock.now(), tomorrow)


# at the office


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 7, 1, 21, 59, 59, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 7, 1, 22, tzinfo=UTC), date(2026, 7, 2)),
        (datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC), date(2026, 12, 31)),
        (datetime(2026, 12, 31, 23, tzinfo=UTC), date(2027, 1, 1)),
        (datetime(2026, 10, 25, 22, 59, 59, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 3, 29, 22, tzinfo=UTC), date(2026, 3, 30)),
    ],
)
def test_the_date_at_the_office_changes_at_midnight_in_copenhagen(moment: datetime, day: date) -> None:
    assert office_date(moment) == day
