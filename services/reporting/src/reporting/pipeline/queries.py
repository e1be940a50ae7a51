"""The pipeline and the ways, as they stand."""

from sqlalchemy import and_, func, select
from sqlmodel import col

from reporting.pipeline.model import Pipeline, Way
from reporting.pipeline.store import stretches_of
from reporting.pipeline.tables import CaseRow, CourseRow
from shared.identity import Role
from shared.work import UnitOfWork

READERS = frozenset({Role.CASEWORKER, Role.COORDINATOR, Role.CONSULTANT, Role.EVALUATOR, Role.ADMINISTRATOR})
"""Who sees the reports."""
_IS_ITS_COURSE = col(CourseRow.application_id) == col(CaseRow.application_id)


async def pipeline(work: UnitOfWork) -> list[Pipeline]:
    """A line per programme that anybody has applied for."""
    count = func.count
    statement = (
        select(
            col(CaseRow.programme),
            count(col(CaseRow.submitted_on)),
            count(col(CaseRow.refused_on)),
            count(col(CaseRow.waitlisted_on)),
            count(col(CaseRow.accepted_on)),
            count(col(CaseRow.declined_on)),
            count(col(CaseRow.withdrawn_on)),
            count(col(CaseRow.agreed_on)),
            count().filter(and_(col(CourseRow.opened_on).is_not(None), col(CourseRow.completed_on).is_(None))),
            count(col(CourseRow.completed_on)),
        )
        .outerjoin(CourseRow, _IS_ITS_COURSE)
        .group_by(col(CaseRow.programme))
        .order_by(col(CaseRow.programme))
    )
    return [Pipeline(*tuple(line)) for line in await work.session.execute(statement)]


async def ways(work: UnitOfWork) -> list[Way]:
    """The way of every course, the newest first."""
    found = await work.session.execute(
        select(CaseRow, CourseRow)
        .join(CourseRow, _IS_ITS_COURSE)
        .order_by(col(CourseRow.opened_on).desc(), col(CourseRow.course_id).desc())
    )
    return [_way(case, course) for case, course in found]


def _way(case: CaseRow, course: CourseRow) -> Way:
    return Way(
        application_id=case.application_id,
        course_id=course.course_id,
        programme=case.programme,
        municipality=case.municipality,
        submitted_on=case.submitted_on,
        accepted_on=case.accepted_on,
        agreed_on=case.agreed_on,
        opened_on=course.opened_on,
        team_assigned_on=course.team_assigned_on,
        completed_on=course.completed_on,
        stretches=stretches_of(course.stretches),
    )
