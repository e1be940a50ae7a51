"""Measured courses: rows ↔ values."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from sqlmodel import col, select

from reporting.instruments.model import MeasuredCourse, MeasuredPhase, Measurement
from reporting.instruments.tables import MeasuredCourseRow, MeasurementRow
from shared.data_mapper import ELSEWHERE, DataMapper, in_json, listed, under
from shared.work import UnitOfWork

_COURSES = DataMapper(
    MeasuredCourse,
    MeasuredCourseRow,
    daycares=listed("daycares", UUID),
    phases=in_json("phases", tuple[MeasuredPhase, ...]),
    measurements=ELSEWHERE,
)
_MEASUREMENTS = DataMapper(Measurement, MeasurementRow, own={"course_id": None, "position": 0}, on=under("measured_on"))


async def lock_course(work: UnitOfWork, id: UUID) -> MeasuredCourse | None:
    """The course, held until this work ends, so that its events keep their order."""
    statement = select(MeasuredCourseRow).where(MeasuredCourseRow.id == id).with_for_update()
    courses = await courses_of(work, list(await work.session.scalars(statement)))
    return courses[0] if courses else None


def add_course(work: UnitOfWork, course: MeasuredCourse) -> None:
    """Keep a course that is new here."""
    work.session.add(_COURSES.row(course))


async def save_course(work: UnitOfWork, course: MeasuredCourse) -> None:
    """Keep what has changed of a locked course."""
    await work.session.merge(_COURSES.row(course))
    for position, measurement in enumerate(course.measurements):
        await work.session.merge(_MEASUREMENTS.row(measurement, course_id=course.id, position=position))


async def courses_of(work: UnitOfWork, rows: Collection[MeasuredCourseRow]) -> list[MeasuredCourse]:
    """The values that rows stand for, with one query for their measurements however many they are."""
    measurements: dict[UUID, list[Measurement]] = defaultdict(list)
    found = select(MeasurementRow).where(col(MeasurementRow.course_id).in_([row.id for row in rows]))
    for row in await work.session.scalars(found.order_by(col(MeasurementRow.position))):
        measurements[row.course_id].append(_MEASUREMENTS.value(row))
    return [_COURSES.value(row, measurements=tuple(measurements[row.id])) for row in rows]
