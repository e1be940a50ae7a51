"""Writes the projection. Each event fills its own columns, so that the order between services does not matter."""

from datetime import date
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, update

from reporting.pipeline.tables import CaseRow, StretchRow
from shared.contracts.scheduling.courses import CourseOpened, CoursePhase
from shared.errors import NotHeardOf
from shared.work import UnitOfWork


async def note_case(
    work: UnitOfWork, application_id: UUID, programme: str, municipality: str, **columns: date | UUID
) -> None:
    """Fill these columns of a case, which is made if this is the first that is heard of it."""
    row = {"application_id": application_id, "programme": programme, "municipality": municipality, **columns}
    statement = insert(CaseRow).values(row).on_conflict_do_update(index_elements=["application_id"], set_=columns)
    await work.session.execute(statement)


async def note_course(work: UnitOfWork, course_id: UUID, **columns: date) -> None:
    """Fill these columns of the case that has become this course. Raises `NotHeardOf` if there is none."""
    statement = update(CaseRow).where(col(CaseRow.course_id) == course_id).values(columns)
    changed = await work.session.scalars(statement.returning(col(CaseRow.application_id)))
    if not changed.all():
        raise NotHeardOf("course", course=str(course_id))


async def note_phases(work: UnitOfWork, opened: CourseOpened) -> None:
    """Lay out the way of a course as it was planned."""
    rows = [_planned(opened.course_id, position, phase) for position, phase in enumerate(opened.phases)]
    await work.session.execute(insert(StretchRow).values(rows))


async def note_phase(work: UnitOfWork, course_id: UUID, phase: str, **columns: date) -> None:
    """Fill these columns of a phase. Raises `NotHeardOf` if the course has none of this name."""
    statement = (
        update(StretchRow).where(col(StretchRow.course_id) == course_id, col(StretchRow.phase) == phase).values(columns)
    )
    changed = await work.session.scalars(statement.returning(col(StretchRow.position)))
    if not changed.all():
        raise NotHeardOf("phase", course=str(course_id), phase=phase)


def _planned(course_id: UUID, position: int, phase: CoursePhase) -> dict[str, object]:
    return {
        "course_id": course_id,
        "position": position,
        "phase": phase.name,
        "names": phase.names.model_dump(),
        "planned_start": phase.starts_on,
        "planned_end": phase.ends_on,
        "started_on": None,
        "completed_on": None,
    }
