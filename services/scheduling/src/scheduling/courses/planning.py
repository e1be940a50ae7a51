"""When: a first plan of phases, month by month from the day the course opens."""

from collections.abc import Iterator
from datetime import date

from scheduling.courses.model import Phase
from shared.contracts.intake.programmes import PlannedPhase
from shared.days import add_months


def plan_phases(phases: tuple[PlannedPhase, ...], start: date) -> tuple[Phase, ...]:
    """The phases one after the other; each ends on the day the next may start."""
    return tuple(_planned(phases, start))


def _planned(phases: tuple[PlannedPhase, ...], start: date) -> Iterator[Phase]:
    months = 0
    for phase in phases:
        # counted from the start of the course, so that a month's end does not creep from phase to phase
        begins, months = add_months(start, months), months + phase.months
        yield Phase(phase.name, phase.names, begins, add_months(start, months), phase.owes)
