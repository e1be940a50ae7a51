"""Courses as JSON."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel

from scheduling.courses import commands, queries
from scheduling.courses.model import Course, Delivery, Phase
from shared.contracts.vocabulary import Instrument, Names, Skill
from shared.errors import NotFound
from shared.identity import Identity, Role
from shared.web.access import allow
from shared.web.preconditions import Seen, etag
from shared.web.routes import Work, api_router

router = api_router(tags=["courses"])

READERS = allow(*queries.READERS)
DOERS = allow(*queries.DOERS)


class DeliveryOut(BaseModel):
    instrument: Instrument
    daycare_id: UUID | None


class PhaseOut(BaseModel):
    name: str
    names: Names
    planned_start: date
    planned_end: date
    started_on: date | None
    completed_on: date | None
    left: list[DeliveryOut]


class CourseOut(BaseModel):
    id: UUID
    version: int
    application_id: UUID
    programme: str
    programme_version: int
    municipality: str
    daycares: list[UUID]
    skills: list[Skill]
    team: list[UUID]
    phases: list[PhaseOut]
    opened_on: date
    completed_on: date | None


@router.get("/courses")
async def list_courses(work: Work, who: Annotated[Identity, READERS]) -> list[CourseOut]:
    """Every course, the newest first."""
    return [_out(course) for course in await queries.courses(work)]


@router.get("/courses/{id}")
async def show_course(id: UUID, work: Work, who: Annotated[Identity, READERS], response: Response) -> CourseOut:
    """One course; its `ETag` is what a change must match."""
    return _answer(await queries.course_by_id(work, id), response)


@router.post("/courses/{id}/phases/{phase}/completion")
async def complete_phase(
    id: UUID, phase: str, seen: Seen, work: Work, who: Annotated[Identity, DOERS], response: Response
) -> CourseOut:
    """Complete the running phase, once everything it owes is in, of the course as it stood at `If-Match`."""
    await commands.complete_phase(work, id, phase, seen)
    return _answer(await queries.course_by_id(work, id), response)


@router.post("/courses/{id}/team")
async def form_team(
    id: UUID, seen: Seen, work: Work, who: Annotated[Identity, allow(Role.COORDINATOR)], response: Response
) -> CourseOut:
    """Find a team for a course that opened without one, as it stood at `If-Match`."""
    await commands.form_team(work, id, seen)
    return _answer(await queries.course_by_id(work, id), response)


def _answer(course: Course | None, response: Response) -> CourseOut:
    if course is None:
        raise NotFound("course")
    response.headers["ETag"] = etag(course.version)
    return _out(course)


def _out(course: Course) -> CourseOut:
    return CourseOut(
        id=course.id,
        version=course.version,
        application_id=course.application_id,
        programme=course.programme,
        programme_version=course.programme_version,
        municipality=course.municipality,
        daycares=list(course.daycares),
        skills=sorted(course.skills),
        team=list(course.team),
        phases=[_phase_out(phase, course.left_in(phase)) for phase in course.phases],
        opened_on=course.opened_on,
        completed_on=course.completed_on,
    )


def _phase_out(phase: Phase, left: tuple[Delivery, ...]) -> PhaseOut:
    return PhaseOut(
        name=phase.name,
        names=phase.names,
        planned_start=phase.planned_start,
        planned_end=phase.planned_end,
        started_on=phase.started_on,
        completed_on=phase.completed_on,
        left=[DeliveryOut(instrument=owed.instrument, daycare_id=owed.daycare_id) for owed in left],
    )
