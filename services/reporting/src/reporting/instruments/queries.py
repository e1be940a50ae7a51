"""Read-only views of the measured courses."""

from uuid import UUID

from reporting.instruments.model import MeasuredCourse
from reporting.instruments.store import courses_of
from reporting.instruments.tables import MeasuredCourseRow
from shared.work import UnitOfWork


async def course_by_id(work: UnitOfWork, id: UUID) -> MeasuredCourse | None:
    """The course, if reporting has heard of it."""
    row = await work.session.get(MeasuredCourseRow, id)
    return (await courses_of(work, [row]))[0] if row else None
