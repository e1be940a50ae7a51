"""Read-only views of the courses."""

from uuid import UUID

from sqlmodel import col, select

from scheduling.courses.model import Course
from scheduling.courses.store import courses_of
from scheduling.courses.tables import CourseRow
from shared.identity import Role
from shared.work import UnitOfWork

READERS = frozenset({Role.CASEWORKER, Role.COORDINATOR, Role.CONSULTANT, Role.ADMINISTRATOR})
"""Who sees the courses."""
DOERS = frozenset({Role.COORDINATOR, Role.CONSULTANT})
"""Who carries a course through its phases."""


async def courses(work: UnitOfWork) -> list[Course]:
    """Every course, the newest first."""
    statement = select(CourseRow).order_by(col(CourseRow.opened_on).desc(), col(CourseRow.id).desc())
    return await courses_of(work, list(await work.session.scalars(statement)))


async def course_by_id(work: UnitOfWork, id: UUID) -> Course | None:
    """The course, if there is one of this id."""
    row = await work.session.get(CourseRow, id)
    return (await courses_of(work, [row]))[0] if row else None
