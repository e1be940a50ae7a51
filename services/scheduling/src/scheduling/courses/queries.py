"""Read-only views of the courses."""

from uuid import UUID

from sqlalchemy import Date, func, or_, select
from sqlmodel import col

from scheduling.courses.model import Course, OpenCourses
from scheduling.courses.store import courses_of
from scheduling.courses.tables import CourseRow, PhaseRow
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


async def open_courses(work: UnitOfWork) -> list[OpenCourses]:
    """The courses that are not over, those that stand alike counted together, so that there are few however many.

    One that has not started yet stands in its first phase, since the month in which that is planned to start.
    """
    since = func.coalesce(col(PhaseRow.started_on), col(PhaseRow.planned_start))
    alike = (
        col(CourseRow.programme),
        col(CourseRow.programme_version),
        col(CourseRow.hours),
        col(PhaseRow.position),
        func.date_trunc("month", since).cast(Date),
    )
    statement = (
        select(*alike, func.count())
        .join(PhaseRow, col(PhaseRow.course_id) == col(CourseRow.id))
        .where(
            col(CourseRow.completed_on).is_(None),
            or_(col(PhaseRow.started_on).is_not(None), col(PhaseRow.position) == 0),
            col(PhaseRow.completed_on).is_(None),
        )
        .group_by(*alike)
    )
    return [OpenCourses(*line) for line in await work.session.execute(statement)]


async def course_by_id(work: UnitOfWork, id: UUID) -> Course | None:
    """The course, if there is one of this id."""
    row = await work.session.get(CourseRow, id)
    return (await courses_of(work, [row]))[0] if row else None
