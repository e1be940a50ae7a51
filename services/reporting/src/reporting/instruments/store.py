"""Measured courses: rows ↔ values."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from pydantic import TypeAdapter
from sqlmodel import col, select

from reporting.instruments.model import MeasuredCourse, MeasuredPhase, Measurement
from reporting.instruments.tables import MeasuredCourseRow, MeasurementRow
from shared.contracts.vocabulary import Instrument
from shared.work import UnitOfWork

_phases: TypeAdapter[tuple[MeasuredPhase, ...]] = TypeAdapter(tuple[MeasuredPhase, ...])


async def lock_course(work: UnitOfWork, id: UUID) -> MeasuredCourse | None:
    """The course, held until this work ends, so that its events keep their order."""
    statement = select(MeasuredCourseRow).where(MeasuredCourseRow.id == id).with_for_update()
    courses = await courses_of(work, list(await work.session.scalars(statement)))
    return courses[0] if courses else None


def add_course(work: UnitOfWork, course: MeasuredCourse) -> None:
    """Keep a course that is new here."""
    work.session.add(
        MeasuredCourseRow(
            id=course.id,
            municipality=course.municipality,
            programme=course.programme,
            opened_on=course.opened_on,
            daycares=[str(daycare) for daycare in course.daycares],
            phases=_phases.dump_python(course.phases, mode="json"),
        )
    )


async def save_course(work: UnitOfWork, course: MeasuredCourse) -> None:
    """Keep what has changed of a locked course."""
    row = await work.session.get_one(MeasuredCourseRow, course.id)
    row.daycares = [str(daycare) for daycare in course.daycares]
    row.phases = _phases.dump_python(course.phases, mode="json")
    for position, measurement in enumerate(course.measurements):
        await work.session.merge(
            MeasurementRow(
                course_id=course.id,
                position=position,
                phase=measurement.phase,
                instrument=measurement.instrument,
                daycare_id=measurement.daycare_id,
                measured_on=measurement.on,
            )
        )


async def courses_of(work: UnitOfWork, rows: Collection[MeasuredCourseRow]) -> list[MeasuredCourse]:
    """The values that rows stand for, with one query for their measurements however many they are."""
    measurements: dict[UUID, list[Measurement]] = defaultdict(list)
    found = select(MeasurementRow).where(col(MeasurementRow.course_id).in_([row.id for row in rows]))
    for row in await work.session.scalars(found.order_by(col(MeasurementRow.position))):
        measurements[row.course_id].append(_measurement(row))
    return [_course(row, tuple(measurements[row.id])) for row in rows]


def _measurement(row: MeasurementRow) -> Measurement:
    return Measurement(row.phase, Instrument(row.instrument), row.measured_on, row.daycare_id)


def _course(row: MeasuredCourseRow, measurements: tuple[Measurement, ...]) -> MeasuredCourse:
    return MeasuredCourse(
        id=row.id,
        municipality=row.municipality,
        programme=row.programme,
        opened_on=row.opened_on,
        daycares=tuple(UUID(daycare) for daycare in row.daycares),
        phases=_phases.validate_python(row.phases),
        measurements=measurements,
    )
