"""When: a first plan of phases, month by month from the day the course opens."""

import calendar
from collections.abc import Iterator
from datetime import date

from scheduling.courses.model import Phase
from shared.contracts.intake import PlannedPhase


def plan_phases(phases: tuple[PlannedPhase, ...], start: date) -> tuple[Phase, ...]:
    """The phases one after the other; each ends on the day the next may start."""
    return tuple(_planned(phases, start))


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or the last day of that month if it is shorter."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _planned(phases: tuple[PlannedPhase, ...], start: date) -> Iterator[Phase]:
    months = 0
    for phase in phases:
        # counted from the start of the course, so that a month's end does not creep from phase to phase
        begins, months = add_months(start, months), months + phase.months
        yield Phase(phase.name, phase.names, begins, add_months(start, months), phase.owes)
