"""Values that reporting decides on: a course with what its phases owe."""

from datetime import date
from uuid import UUID

from reporting.instruments.model import MeasuredCourse, MeasuredPhase
from shared.contracts.vocabulary import Instrument, Names, Requirement, Scope

COURSE_ID = UUID(int=300)
FIRST, SECOND = UUID(int=1), UUID(int=2)
OPENED_ON, TODAY = date(2026, 11, 3), date(2026, 11, 24)
OBSERVATION = Requirement(instrument=Instrument.OBSERVATION, per=Scope.DAYCARE)
SURVEY = Requirement(instrument=Instrument.LEADERSHIP_SURVEY, per=Scope.COURSE)


def phase(name: str, *owes: Requirement) -> MeasuredPhase:
    return MeasuredPhase(name, Names(da="Fase", en="Phase"), owes)


def course(running: str = "start") -> MeasuredCourse:
    """A course of two daycares, of whose phases one runs."""
    phases = (phase("start", OBSERVATION, SURVEY), phase("advice"), phase("closing", OBSERVATION))
    return MeasuredCourse(
        id=COURSE_ID,
        municipality="0390",
        programme="long-course",
        opened_on=OPENED_ON,
        daycares=(FIRST, SECOND),
        phases=phases,
    ).with_started(running, OPENED_ON)
