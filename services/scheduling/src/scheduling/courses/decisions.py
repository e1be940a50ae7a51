"""What happens to a course."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from scheduling.consultants.model import Consultant
from scheduling.courses.model import Course, Delivery, Phase
from scheduling.courses.pairing import choose_team, uncovered
from scheduling.courses.planning import plan_phases
from shared.contracts.intake.agreements import AgreementSigned, DaycareSubstituted
from shared.contracts.intake.applications import ApplicationAccepted
from shared.contracts.intake.programmes import ProgrammePublished
from shared.contracts.scheduling.courses import (
    CourseCompleted,
    CourseOpened,
    CoursePhase,
    DaycareReplaced,
    PhaseCompleted,
    PhaseStarted,
    TeamAssigned,
)
from shared.decision import Decision, Timer
from shared.errors import Refused
from shared.office import office_midnight


def open_course(
    id: UUID, programme: ProgrammePublished, grounds: AgreementSigned | ApplicationAccepted, starts_on: date
) -> Decision[Course]:
    """Plan the phases of a course from the day on which it starts.

    Its first phase starts on that day by a timer, or at once where the day has come.
    """
    first, *rest = plan_phases(programme.phases, starts_on)
    course = Course(
        id=id,
        application_id=grounds.application_id,
        programme=grounds.programme,
        programme_version=grounds.programme_version,
        municipality=grounds.municipality,
        daycares=grounds.daycares,
        skills=frozenset(grounds.skills),
        team_size=programme.team_size,
        hours=grounds.hours,
        phases=(first, *rest),
        opened_on=grounds.on,
    )
    started = PhaseStarted(course_id=id, phase=first.name, on=starts_on)
    if starts_on > grounds.on:
        timer = Timer(f"course-start/{id}", office_midnight(starts_on), started)
        return Decision(course, (_opened(course),), (timer,))
    return Decision(begin_phase(course, first.name, starts_on).state, (_opened(course), started))


def begin_phase(course: Course, phase_name: str, on: date) -> Decision[Course]:
    """Note that a phase has started. What has started already, or is no phase of the course, changes nothing."""
    phase = course.phase(phase_name)
    if phase is None or phase.started_on is not None:
        return Decision(course)
    return Decision(course.with_phase(replace(phase, started_on=on)))


def replace_daycare(course: Course, told: DaycareSubstituted) -> Decision[Course]:
    """Let a daycare take part in the place of another, from the running phase on, and need the skills that it needs.

    What was delivered of the one who left stays. A course that is over, or in which that one takes no part, does not
    change.
    """
    if course.completed_on is not None or told.left not in course.daycares:
        return Decision(course)
    daycares = tuple(told.joined if daycare == told.left else daycare for daycare in course.daycares)
    replaced = DaycareReplaced(course_id=course.id, left=told.left, joined=told.joined, on=told.on)
    return Decision(replace(course, daycares=daycares, skills=frozenset(told.skills)), (replaced,))


def form_team(course: Course, corps: Sequence[Consultant], today: date) -> Decision[Course]:
    """Give the course the least busy consultants who together have its skills.

    Raises `Refused`: the course is over, it has its team already, or nobody can be found.
    """
    if course.completed_on is not None:
        raise Refused("course-over")
    if course.team:
        raise Refused("team-assigned-already")
    team = choose_team(corps, course.skills, course.team_size)
    if team is None:
        raise Refused("no-team-covers", skills=tuple(sorted(course.skills)), nobody_has=uncovered(corps, course.skills))
    assigned = TeamAssigned(course_id=course.id, consultants=team, on=today)
    return Decision(replace(course, team=team), (assigned,))


def receive(course: Course, phase_name: str, delivery: Delivery) -> Decision[Course]:
    """Note that an instrument is in. What nobody asked for, or for a phase the course lacks, changes nothing."""
    phase = course.phase(phase_name)
    if phase is None or delivery not in course.left_in(phase):
        return Decision(course)
    return Decision(course.with_phase(replace(phase, delivered=phase.delivered | {delivery})))


def complete_phase(course: Course, phase_name: str, today: date) -> Decision[Course]:
    """Close the running phase once everything it owes has been delivered, and start the next or end the course.

    Raises `Refused("phase-not-running")` or `Refused("phase-owes")`.
    """
    running = course.running_phase
    if running is None or running.name != phase_name:
        raise Refused("phase-not-running", phase=phase_name)
    if missing := course.left_in(running):
        raise Refused("phase-owes", phase=phase_name, count=len(missing), missing=missing)
    done = PhaseCompleted(course_id=course.id, phase=running.name, on=today)
    closed = course.with_phase(replace(running, completed_on=today))
    following = course.after(running)
    if following is None:
        return Decision(replace(closed, completed_on=today), (done, CourseCompleted(course_id=course.id, on=today)))
    started = closed.with_phase(replace(following, started_on=today))
    return Decision(started, (done, PhaseStarted(course_id=course.id, phase=following.name, on=today)))


def _opened(course: Course) -> CourseOpened:
    return CourseOpened(
        course_id=course.id,
        application_id=course.application_id,
        programme=course.programme,
        programme_version=course.programme_version,
        municipality=course.municipality,
        daycares=course.daycares,
        phases=tuple(_planned(phase) for phase in course.phases),
        on=course.opened_on,
    )


def _planned(phase: Phase) -> CoursePhase:
    return CoursePhase(
        name=phase.name,
        names=phase.names,
        starts_on=phase.planned_start,
        ends_on=phase.planned_end,
        owes=phase.owes,
    )
