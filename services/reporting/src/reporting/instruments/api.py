"""Instruments as JSON."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel

from reporting.instruments import commands, queries
from reporting.instruments.model import MeasuredCourse
from shared.contracts.vocabulary import Instrument, Names
from shared.errors import require_found
from shared.identity import Identity, Role
from shared.inputs.fields import Input, NearDay, Slug
from shared.web.access import allow
from shared.web.routes import Work, api_router

router = api_router(tags=["instruments"])

READERS = allow(Role.CASEWORKER, Role.COORDINATOR, Role.CONSULTANT, Role.EVALUATOR, Role.ADMINISTRATOR)


class ObservationIn(Input):
    phase: Slug
    daycare_id: UUID
    on: NearDay


class SurveyIn(Input):
    phase: Slug
    instrument: Instrument
    on: NearDay


class MeasurementOut(BaseModel):
    phase: str
    instrument: Instrument
    daycare_id: UUID | None
    on: date


class MeasuredPhaseOut(BaseModel):
    name: str
    names: Names
    running: bool


class MeasuredCourseOut(BaseModel):
    id: UUID
    daycares: list[UUID]
    phases: list[MeasuredPhaseOut]
    measurements: list[MeasurementOut]


@router.get("/courses/{id}/instruments")
async def show_instruments(id: UUID, work: Work, who: Annotated[Identity, READERS]) -> MeasuredCourseOut:
    """What is in of a course's instruments."""
    return _out(require_found(await queries.course_by_id(work, id), "course"))


@router.post("/courses/{id}/observations", status_code=201)
async def record_observation(
    id: UUID, body: ObservationIn, work: Work, who: Annotated[Identity, allow(Role.CONSULTANT)]
) -> MeasuredCourseOut:
    """Record that the learning environment of one of the course's daycares has been observed."""
    return _out(await commands.record_observation(work, id, body.phase, body.daycare_id, body.on))


@router.post("/courses/{id}/surveys", status_code=201)
async def close_survey(
    id: UUID, body: SurveyIn, work: Work, who: Annotated[Identity, allow(Role.CONSULTANT, Role.EVALUATOR)]
) -> MeasuredCourseOut:
    """Record that a survey about the whole course is in."""
    return _out(await commands.close_survey(work, id, body.phase, body.instrument, body.on))


def _out(course: MeasuredCourse) -> MeasuredCourseOut:
    return MeasuredCourseOut(
        id=course.id,
        daycares=list(course.daycares),
        phases=[MeasuredPhaseOut(name=each.name, names=each.names, running=each.running) for each in course.phases],
        measurements=[MeasurementOut.model_validate(each, from_attributes=True) for each in course.measurements],
    )
