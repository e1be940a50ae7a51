"""What intake learns of the corps, without a database."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from capacity_cases import told

from intake.capacity.folds import corps
from intake.capacity.model import Corps
from shared.contracts.base import Event
from shared.contracts.scheduling.capacity import CORPS
from shared.contracts.scheduling.courses import CourseOpened

NOON = datetime(2026, 11, 9, 11, tzinfo=UTC)
FIRST, SECOND = UUID(int=1), UUID(int=2)
FORECAST, NEWER = told(NOON), told(NOON + timedelta(seconds=1), available=7)


def opened(application: UUID) -> CourseOpened:
    return CourseOpened(
        course_id=UUID(int=9),
        application_id=application,
        programme="long-course",
        programme_version=1,
        municipality="0390",
        daycares=(),
        phases=(),
        on=date(2026, 11, 9),
    )


def known(*events: Event) -> Corps:
    (value,) = corps.after(events).values()
    return value


def test_the_newest_forecast_is_kept_in_whatever_order_they_come() -> None:
    assert known(FORECAST, NEWER) == known(NEWER, FORECAST) == Corps(CORPS, NEWER)
    again = told(NOON, available=8)
    assert known(FORECAST, again).forecast == again


def test_a_course_is_counted_once_a_forecast_has_come_that_knows_it() -> None:
    assert known(opened(FIRST)) == Corps(CORPS, None, uncounted=frozenset({FIRST}))
    assert known(opened(FIRST), FORECAST) == Corps(CORPS, FORECAST, counted=frozenset({FIRST}))
    both = Corps(CORPS, FORECAST, counted=frozenset({FIRST}), uncounted=frozenset({SECOND}))
    assert known(opened(FIRST), FORECAST, opened(SECOND)) == both


def test_an_older_forecast_knows_no_course() -> None:
    assert known(NEWER, opened(FIRST), FORECAST).uncounted == {FIRST}


def test_a_course_that_has_been_counted_stays_counted() -> None:
    assert known(opened(FIRST), FORECAST, opened(FIRST)).uncounted == frozenset()
