"""The pipeline without a database: what an event makes of a case and of a course."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from properties import patient

from reporting.pipeline.folds import cases, courses
from reporting.pipeline.model import Case, Course, Stretch
from shared.contracts.base import Event
from shared.contracts.intake.applications import ApplicationAccepted, ApplicationSubmitted
from shared.contracts.scheduling.courses import (
    CourseCompleted,
    CourseOpened,
    CoursePhase,
    PhaseCompleted,
    PhaseStarted,
    TeamAssigned,
)
from shared.contracts.vocabulary import Names
from shared.errors import NotHeardOf

APPLICATION, COURSE = UUID(int=1), UUID(int=2)
CASE: dict[str, Any] = {
    "application_id": APPLICATION,
    "programme": "long-course",
    "programme_version": 1,
    "municipality": "0390",
    "daycares": (),
}
FIRST, SECOND = Names(da="Første", en="First"), Names(da="Anden", en="Second")
SPRING, SUMMER, AUTUMN = date(2026, 3, 1), date(2026, 6, 1), date(2026, 9, 1)
PHASES = (
    CoursePhase(name="first", names=FIRST, starts_on=SPRING, ends_on=SUMMER),
    CoursePhase(name="second", names=SECOND, starts_on=SUMMER, ends_on=AUTUMN),
)
SUBMITTED = ApplicationSubmitted(**CASE, round_id=UUID(int=3), on=SPRING)
ACCEPTED = ApplicationAccepted(**CASE, skills=(), hours=None, on=SUMMER)
OPENED = CourseOpened(**CASE, course_id=COURSE, phases=PHASES, on=SUMMER)
TEAM = TeamAssigned(course_id=COURSE, consultants=(), on=AUTUMN)
BEGAN, ENDED = (kind(course_id=COURSE, phase="second", on=AUTUMN) for kind in (PhaseStarted, PhaseCompleted))
COMPLETED = CourseCompleted(course_id=COURSE, on=AUTUMN)
LAID_OUT = Course(
    COURSE, APPLICATION, SUMMER, (Stretch("first", FIRST, SPRING, SUMMER), Stretch("second", SECOND, SUMMER, AUTUMN))
)


def test_a_case_is_what_was_told_of_it() -> None:
    case = Case(APPLICATION, "long-course", "0390", submitted_on=SPRING, accepted_on=SUMMER)
    assert cases.after([SUBMITTED, ACCEPTED, OPENED]) == {APPLICATION: case}


def test_a_course_is_laid_out_as_it_was_planned_and_goes_its_way() -> None:
    assert courses.after([OPENED]) == {COURSE: LAID_OUT}
    first, second = LAID_OUT.stretches
    gone = replace(
        LAID_OUT,
        stretches=(first, replace(second, started_on=AUTUMN, completed_on=AUTUMN)),
        team_assigned_on=AUTUMN,
        completed_on=AUTUMN,
    )
    assert courses.after([OPENED, TEAM, BEGAN, ENDED, COMPLETED]) == {COURSE: gone}


@pytest.mark.parametrize(
    ("event", "what"), [(TEAM, "course"), (COMPLETED, "course"), (BEGAN, "phase"), (ENDED, "phase")]
)
def test_news_of_a_course_that_never_opened_are_not_heard_of(event: Event, what: str) -> None:
    with pytest.raises(NotHeardOf) as raised:
        courses.after([event])
    assert raised.value.what == what


def test_a_phase_that_the_course_does_not_have_is_not_heard_of() -> None:
    with pytest.raises(NotHeardOf):
        courses.after([OPENED, PhaseStarted(course_id=COURSE, phase="third", on=SUMMER)])


@patient
@given(st.permutations([SUBMITTED, ACCEPTED, OPENED]))
def test_the_order_between_intake_and_scheduling_does_not_matter_to_a_case(events: list[Event]) -> None:
    assert cases.after(events) == cases.after([SUBMITTED, ACCEPTED, OPENED])
