"""Courses: rows ↔ values."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlmodel import col, select

from scheduling.courses.model import Course, Delivery, Phase
from scheduling.courses.tables import CourseRow, PhaseRow, TeamMemberRow
from shared.contracts.vocabulary import Names, Requirement, Skill
from shared.work import UnitOfWork

_requirements: TypeAdapter[tuple[Requirement, ...]] = TypeAdapter(tuple[Requirement, ...])
_deliveries: TypeAdapter[frozenset[Delivery]] = TypeAdapter(frozenset[Delivery])


async def lock_course(work: UnitOfWork, id: UUID) -> Course | None:
    """The course, held until this work ends, so that its events keep their order."""
    statement = select(CourseRow).where(CourseRow.id == id).with_for_update()
    courses = await courses_of(work, list(await work.session.scalars(statement)))
    return courses[0] if courses else None


async def lock_course_of(work: UnitOfWork, application_id: UUID) -> Course | None:
    """The course of an application, held until this work ends."""
    statement = select(CourseRow).where(CourseRow.application_id == application_id).with_for_update()
    courses = await courses_of(work, list(await work.session.scalars(statement)))
    return courses[0] if courses else None


async def add_course(work: UnitOfWork, course: Course) -> None:
    """Keep a new course with its phases and its team."""
    work.session.add(
        CourseRow(
            id=course.id,
            version=course.version,
            application_id=course.application_id,
            programme=course.programme,
            programme_version=course.programme_version,
            municipality=course.municipality,
            daycares=[str(daycare) for daycare in course.daycares],
            skills=sorted(course.skills),
            team_size=course.team_size,
            hours=course.hours,
            opened_on=course.opened_on,
            completed_on=course.completed_on,
        )
    )
    await work.session.flush()
    await _save_parts(work, course)


async def save_course(work: UnitOfWork, course: Course) -> int:
    """Keep what has changed of a locked course; returns its next version."""
    row = await work.session.get_one(CourseRow, course.id)
    row.version += 1
    row.completed_on = course.completed_on
    row.daycares = [str(daycare) for daycare in course.daycares]
    row.skills = sorted(course.skills)
    await _save_parts(work, course)
    return row.version


async def courses_of(work: UnitOfWork, rows: Collection[CourseRow]) -> list[Course]:
    """The values that rows stand for, with two queries for their parts however many they are."""
    ids = [row.id for row in rows]
    phases: dict[UUID, list[Phase]] = defaultdict(list)
    found = select(PhaseRow).where(col(PhaseRow.course_id).in_(ids)).order_by(col(PhaseRow.position))
    for phase in await work.session.scalars(found):
        phases[phase.course_id].append(_phase_of(phase))
    teams: dict[UUID, list[UUID]] = defaultdict(list)
    members = select(TeamMemberRow).where(col(TeamMemberRow.course_id).in_(ids)).order_by(col(TeamMemberRow.position))
    for member in await work.session.scalars(members):
        teams[member.course_id].append(member.consultant_id)
    return [_course_of(row, tuple(phases[row.id]), tuple(teams[row.id])) for row in rows]


async def _save_parts(work: UnitOfWork, course: Course) -> None:
    for position, phase in enumerate(course.phases):
        await work.session.merge(PhaseRow(course_id=course.id, position=position, **_columns(phase)))
    for position, consultant in enumerate(course.team):
        await work.session.merge(TeamMemberRow(course_id=course.id, position=position, consultant_id=consultant))


def _columns(phase: Phase) -> dict[str, Any]:
    delivered = sorted(phase.delivered, key=lambda one: (one.instrument, str(one.daycare_id)))
    return {
        "name": phase.name,
        "names": phase.names.model_dump(),
        "planned_start": phase.planned_start,
        "planned_end": phase.planned_end,
        "owes": _requirements.dump_python(phase.owes, mode="json"),
        "delivered": [
            {"instrument": one.instrument, "daycare_id": one.daycare_id and str(one.daycare_id)} for one in delivered
        ],
        "started_on": phase.started_on,
        "completed_on": phase.completed_on,
    }


def _phase_of(row: PhaseRow) -> Phase:
    return Phase(
        name=row.name,
        names=Names.model_validate(row.names),
        planned_start=row.planned_start,
        planned_end=row.planned_end,
        owes=_requirements.validate_python(row.owes),
        delivered=_deliveries.validate_python(row.delivered),
        started_on=row.started_on,
        completed_on=row.completed_on,
    )


def _course_of(row: CourseRow, phases: tuple[Phase, ...], team: tuple[UUID, ...]) -> Course:
    return Course(
        id=row.id,
        application_id=row.application_id,
        programme=row.programme,
        programme_version=row.programme_version,
        municipality=row.municipality,
        daycares=tuple(UUID(daycare) for daycare in row.daycares),
        skills=frozenset(Skill(skill) for skill in row.skills),
        team_size=row.team_size,
        hours=row.hours,
        phases=phases,
        opened_on=row.opened_on,
        team=team,
        completed_on=row.completed_on,
        version=row.version,
    )
