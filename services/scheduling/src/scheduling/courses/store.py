"""Courses: rows ↔ values."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from pydantic import TypeAdapter
from sqlmodel import col, select

from scheduling.courses.model import Course, Delivery, Phase
from scheduling.courses.tables import CourseRow, PhaseRow, TeamMemberRow
from shared.contracts.vocabulary import Names, Requirement, Skill
from shared.data_mapper import ELSEWHERE, DataMapper, Part, in_json, listed
from shared.work import UnitOfWork

_deliveries: TypeAdapter[tuple[Delivery, ...]] = TypeAdapter(tuple[Delivery, ...])


def _in_order(delivered: Collection[Delivery]) -> tuple[Delivery, ...]:
    return tuple(sorted(delivered, key=lambda one: (one.instrument, str(one.daycare_id))))


_COURSES = DataMapper(
    Course,
    CourseRow,
    daycares=listed("daycares", UUID),
    skills=listed("skills", Skill, frozenset),
    phases=ELSEWHERE,
    team=ELSEWHERE,
)
_DELIVERED = Part(
    ("delivered",),
    lambda delivered: [_deliveries.dump_python(_in_order(delivered), mode="json")],
    lambda found: frozenset(_deliveries.validate_python(found)),
)
_PHASES = DataMapper(
    Phase,
    PhaseRow,
    own={"course_id": None, "position": 0},
    names=in_json("names", Names),
    owes=in_json("owes", tuple[Requirement, ...]),
    delivered=_DELIVERED,
)


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
    work.session.add(_COURSES.row(course))
    await work.session.flush()
    await _save_parts(work, course)


async def save_course(work: UnitOfWork, course: Course) -> Course:
    """Keep what has changed of a locked course, under its next version."""
    row = await work.session.get_one(CourseRow, course.id)
    await _save_parts(work, course)
    return _COURSES.update(row, course)


async def courses_of(work: UnitOfWork, rows: Collection[CourseRow]) -> list[Course]:
    """The values that rows stand for, with two queries for their parts however many they are."""
    ids = [row.id for row in rows]
    phases: dict[UUID, list[Phase]] = defaultdict(list)
    found = select(PhaseRow).where(col(PhaseRow.course_id).in_(ids)).order_by(col(PhaseRow.position))
    for phase in await work.session.scalars(found):
        phases[phase.course_id].append(_PHASES.value(phase))
    teams: dict[UUID, list[UUID]] = defaultdict(list)
    members = select(TeamMemberRow).where(col(TeamMemberRow.course_id).in_(ids)).order_by(col(TeamMemberRow.position))
    for member in await work.session.scalars(members):
        teams[member.course_id].append(member.consultant_id)
    return [_COURSES.value(row, phases=tuple(phases[row.id]), team=tuple(teams[row.id])) for row in rows]


async def _save_parts(work: UnitOfWork, course: Course) -> None:
    for position, phase in enumerate(course.phases):
        await work.session.merge(_PHASES.row(phase, course_id=course.id, position=position))
    for position, consultant in enumerate(course.team):
        await work.session.merge(TeamMemberRow(course_id=course.id, position=position, consultant_id=consultant))
