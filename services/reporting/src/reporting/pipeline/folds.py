"""What the pipeline follows: cases by their application, and courses with their phases.

Each event fills its own fields, so that the order between services does not matter.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol
from uuid import UUID

from reporting.pipeline.model import Case, Course, Stretch
from shared.contracts.intake.agreements import AgreementSigned
from shared.contracts.intake.applications import (
    ApplicationAccepted,
    ApplicationDeclined,
    ApplicationRefused,
    ApplicationSubmitted,
    ApplicationWaitlisted,
    ApplicationWithdrawn,
)
from shared.contracts.scheduling.courses import (
    CourseCompleted,
    CourseOpened,
    PhaseCompleted,
    PhaseStarted,
    TeamAssigned,
)
from shared.errors import NotHeardOf
from shared.folds import Fold

cases = Fold(Case)
courses = Fold(Course)


class OfCase(Protocol):
    """What every event says that tells of an application."""

    @property
    def application_id(self) -> UUID: ...

    @property
    def programme(self) -> str: ...

    @property
    def municipality(self) -> str: ...


class OfCourse(Protocol):
    """What every event says that tells of a course."""

    @property
    def course_id(self) -> UUID: ...


def application(told: OfCase) -> UUID:
    """Under which key its case stands."""
    return told.application_id


def course(told: OfCourse) -> UUID:
    """Under which key it stands."""
    return told.course_id


@cases.on(ApplicationSubmitted, key=application)
def count_submitted(case: Case | None, told: ApplicationSubmitted) -> Case:
    return replace(case or _case(told), submitted_on=told.on)


@cases.on(ApplicationRefused, key=application)
def count_refused(case: Case | None, told: ApplicationRefused) -> Case:
    return replace(case or _case(told), refused_on=told.on)


@cases.on(ApplicationWaitlisted, key=application)
def count_waitlisted(case: Case | None, told: ApplicationWaitlisted) -> Case:
    return replace(case or _case(told), waitlisted_on=told.on)


@cases.on(ApplicationAccepted, key=application)
def count_accepted(case: Case | None, told: ApplicationAccepted) -> Case:
    return replace(case or _case(told), accepted_on=told.on)


@cases.on(ApplicationDeclined, key=application)
def count_declined(case: Case | None, told: ApplicationDeclined) -> Case:
    return replace(case or _case(told), declined_on=told.on)


@cases.on(ApplicationWithdrawn, key=application)
def count_withdrawn(case: Case | None, told: ApplicationWithdrawn) -> Case:
    return replace(case or _case(told), withdrawn_on=told.on)


@cases.on(AgreementSigned, key=application)
def count_agreed(case: Case | None, told: AgreementSigned) -> Case:
    return replace(case or _case(told), agreed_on=told.on)


@cases.on(CourseOpened, key=application)
def count_opened(case: Case | None, told: CourseOpened) -> Case:
    # scheduling may be heard before intake: the course has its case all the same
    return case or _case(told)


@courses.on(CourseOpened, key=course)
def lay_out_way(known: Course | None, told: CourseOpened) -> Course:
    stretches = tuple(Stretch(each.name, each.names, each.starts_on, each.ends_on) for each in told.phases)
    return Course(told.course_id, told.application_id, told.on, stretches)


@courses.on(TeamAssigned, key=course)
def note_team(known: Course | None, told: TeamAssigned) -> Course:
    return replace(_heard_of(known, told), team_assigned_on=told.on)


@courses.on(PhaseStarted, key=course)
def note_start(known: Course | None, told: PhaseStarted) -> Course:
    return _with_phase(known, told, lambda stretch: replace(stretch, started_on=told.on))


@courses.on(PhaseCompleted, key=course)
def note_end(known: Course | None, told: PhaseCompleted) -> Course:
    return _with_phase(known, told, lambda stretch: replace(stretch, completed_on=told.on))


@courses.on(CourseCompleted, key=course)
def count_completed(known: Course | None, told: CourseCompleted) -> Course:
    return replace(_heard_of(known, told), completed_on=told.on)


def _case(told: OfCase) -> Case:
    return Case(told.application_id, told.programme, told.municipality)


def _heard_of(known: Course | None, told: OfCourse) -> Course:
    if known is None:
        raise NotHeardOf("course", course=str(told.course_id))
    return known


def _with_phase(
    known: Course | None, told: PhaseStarted | PhaseCompleted, change: Callable[[Stretch], Stretch]
) -> Course:
    if known is None or all(stretch.phase != told.phase for stretch in known.stretches):
        raise NotHeardOf("phase", course=str(told.course_id), phase=told.phase)
    stretches = (change(each) if each.phase == told.phase else each for each in known.stretches)
    return replace(known, stretches=tuple(stretches))
