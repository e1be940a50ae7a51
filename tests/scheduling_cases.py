"""Values that scheduling decides on: consultants, a programme as it was published, and a course of it."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from scheduling.consultants.model import Consultant
from scheduling.courses.decisions import open_course
from scheduling.courses.model import Course, Delivery
from shared.contracts.intake.agreements import AgreementSigned
from shared.contracts.intake.programmes import PlannedPhase, ProgrammePublished
from shared.contracts.vocabulary import Instrument, IntakeMode, Names, Requirement, Scope, Skill

COURSE_ID, APPLICATION_ID, AGREEMENT_ID = UUID(int=300), UUID(int=100), UUID(int=500)
DAYCARES = (UUID(int=1), UUID(int=2))
OPENED_ON = date(2026, 11, 30)
OBSERVATION = Requirement(instrument=Instrument.OBSERVATION, per=Scope.DAYCARE)
SURVEY = Requirement(instrument=Instrument.LEADERSHIP_SURVEY, per=Scope.COURSE)

OBSERVED = tuple(Delivery(Instrument.OBSERVATION, daycare) for daycare in DAYCARES)
SURVEYED = Delivery(Instrument.LEADERSHIP_SURVEY)
START = PlannedPhase(name="start", names=Names(da="Opstart", en="Start"), months=3, owes=(OBSERVATION, SURVEY))
ADVICE = PlannedPhase(name="advice", names=Names(da="Rådgivning", en="Advice"), months=12)
CLOSING = PlannedPhase(name="closing", names=Names(da="Afslutning", en="Closing"), months=3, owes=(OBSERVATION,))
LONG = (START, ADVICE, CLOSING)


def consultant(number: int, *skills: Skill, busy: int = 0) -> Consultant:
    return Consultant(UUID(int=number), f"Consultant {number}", frozenset(skills), busy)


def programme(phases: tuple[PlannedPhase, ...] = LONG, *, team_size: int = 2) -> ProgrammePublished:
    return ProgrammePublished(
        programme="long-course",
        version=1,
        names=Names(da="Længerevarende rådgivningsforløb", en="Long advisory course"),
        intake=IntakeMode.ROUNDS,
        valid_from=date(2021, 1, 1),
        valid_until=None,
        team_size=team_size,
        hour_cap=None,
        phases=phases,
        skills=(Skill.LEADERSHIP,),
    )


def signed(on: date = OPENED_ON, *, hours: int | None = None) -> AgreementSigned:
    """An agreement on a course that starts on the day of the last signature."""
    return AgreementSigned(
        agreement_id=AGREEMENT_ID,
        application_id=APPLICATION_ID,
        programme="long-course",
        programme_version=1,
        municipality="0390",
        daycares=DAYCARES,
        skills=(Skill.LEADERSHIP, Skill.PARENTS),
        hours=hours,
        starts_on=on,
        on=on,
    )


def course(phases: tuple[PlannedPhase, ...] = LONG) -> Course:
    """A course on its first day, its first phase running."""
    return open_course(COURSE_ID, programme(phases), signed(), OPENED_ON).state


def numbers(ids: Iterable[UUID] | None) -> tuple[int, ...] | None:
    """The numbers of consultants, for a test to read."""
    return None if ids is None else tuple(id.int for id in ids)
