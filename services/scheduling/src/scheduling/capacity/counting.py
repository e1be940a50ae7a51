"""The hours that courses bind, by month; see docs/decisions on how capacity is counted.

All of it is counted in whole hours of the corps and whole months: what a course takes in its n-th month stands in the
n-th calendar month, the month in which it opens being the first.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import chain

from scheduling.courses.model import OpenCourses
from shared.contracts.intake.programmes import PlannedPhase, ProgrammePublished
from shared.contracts.scheduling.capacity import CORPS, CapacityForecast, CapacityMonth, CourseCost
from shared.hours import month_of, months_between, months_later, spread_evenly
from shared.office import office_date

HORIZON = 24
"""Months that a forecast looks ahead, the present one among them."""
ESTIMATE_PER_CONSULTANT = 8
"""Hours in a month for each consultant of a course whose programme says nothing; the office's own figure."""
COSTS = 100
"""Programme versions that a forecast tells the cost of, at most, so that it stays small."""
LONG_OVER = timedelta(days=365)
"""An application may wait for its decision when its programme has ended; after a year nobody asks for the cost."""


def forecast(
    now: datetime, hours_per_month: int, courses: Iterable[OpenCourses], programmes: Sequence[ProgrammePublished]
) -> CapacityForecast:
    """What the corps has and has bound in each month from `now` on, and what one more course would cost."""
    this_month = month_of(office_date(now))
    known = {(each.programme, each.version): each for each in programmes}
    bound = _bound(courses, known, this_month)
    return CapacityForecast(
        corps=CORPS,
        as_of=now,
        months=tuple(
            CapacityMonth(month=months_later(this_month, ahead), available=hours_per_month, bound=bound[ahead])
            for ahead in range(HORIZON)
        ),
        costs=tuple(_cost(each) for each in _asked_for(programmes, office_date(now))),
    )


def hours_left(courses: OpenCourses, programme: ProgrammePublished, this_month: date) -> tuple[int, ...]:
    """The hours that these courses bind together from this month on.

    A phase that takes longer than planned goes on as in its last month, and what follows begins later. A course that
    is still to begin binds nothing before.
    """
    phases = hours_by_phase(programme, courses.hours)
    running = phases[courses.phase]
    elapsed = months_between(courses.since, this_month)
    ahead = (0,) * -elapsed
    left = chain(ahead, running[max(0, elapsed) :] or running[-1:], *phases[courses.phase + 1 :])
    return tuple(hours * courses.count for hours in left)


def hours_by_phase(programme: ProgrammePublished, stated: int | None) -> tuple[tuple[int, ...], ...]:
    """The hours of a course, month by month in each of its phases.

    Hours of advice that were stated, or else the most that may be, count for every consultant of the course; where
    there is no such limit the programme's own estimate counts, which is for all its consultants together.
    """
    hours = programme.hour_cap if stated is None else stated
    if hours is None:
        return tuple((_estimate(phase, programme.team_size),) * phase.months for phase in programme.phases)
    months = iter(spread_evenly(hours * programme.team_size, sum(phase.months for phase in programme.phases)))
    return tuple(tuple(next(months) for _ in range(phase.months)) for phase in programme.phases)


def _estimate(phase: PlannedPhase, team_size: int) -> int:
    return ESTIMATE_PER_CONSULTANT * team_size if phase.hours_per_month is None else phase.hours_per_month


def _bound(
    courses: Iterable[OpenCourses], programmes: Mapping[tuple[str, int], ProgrammePublished], this_month: date
) -> Counter[int]:
    """The hours that open courses bind, by how many months ahead."""
    bound: Counter[int] = Counter()
    for each in courses:
        left = hours_left(each, programmes[each.programme, each.programme_version], this_month)
        bound.update(dict(enumerate(left)))
    return bound


def _asked_for(programmes: Iterable[ProgrammePublished], today: date) -> Iterator[ProgrammePublished]:
    """The versions whose cost somebody may ask for, the newest first."""
    offered = [each for each in programmes if each.phases and _is_recent(each, today)]
    yield from sorted(offered, key=lambda each: (-each.valid_from.toordinal(), each.programme, each.version))[:COSTS]


def _is_recent(programme: ProgrammePublished, today: date) -> bool:
    return programme.valid_until is None or today - LONG_OVER <= programme.valid_until


def _cost(programme: ProgrammePublished) -> CourseCost:
    return CourseCost(
        programme=programme.programme,
        programme_version=programme.version,
        months=tuple(chain(*hours_by_phase(programme, None))),
        per_stated_hour=programme.team_size,
    )
