"""The pipeline and the ways, as they stand."""

from collections import defaultdict
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlmodel import col

from reporting.pipeline.model import Pipeline, Stretch, Way
from reporting.pipeline.tables import CaseRow, StretchRow
from shared.contracts.vocabulary import Names
from shared.identity import Role
from shared.work import UnitOfWork

READERS = frozenset({Role.CASEWORKER, Role.COORDINATOR, Role.CONSULTANT, Role.EVALUATOR, Role.ADMINISTRATOR})
"""Who sees the reports."""


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
            count().filter(and_(col(CaseRow.opened_on).is_not(None), col(CaseRow.completed_on).is_(None))),
            count(col(CaseRow.completed_on)),
        )
        .group_by(col(CaseRow.programme))
        .order_by(col(CaseRow.programme))
    )
    return [Pipeline(*tuple(line)) for line in await work.session.execute(statement)]


async def ways(work: UnitOfWork) -> list[Way]:
    """The way of every course, the newest first; two queries however many there are."""
    found = await work.session.scalars(
        select(CaseRow)
        .where(col(CaseRow.course_id).is_not(None))
        .order_by(col(CaseRow.opened_on).desc(), col(CaseRow.course_id).desc())
    )
    stretches: dict[UUID, list[Stretch]] = defaultdict(list)
    for row in await work.session.scalars(select(StretchRow).order_by(col(StretchRow.position))):
        stretches[row.course_id].append(_stretch(row))
    return [_way(row, tuple(stretches[row.course_id])) for row in found if row.course_id is not None]


def _stretch(row: StretchRow) -> Stretch:
    return Stretch(
        phase=row.phase,
        names=Names.model_validate(row.names),
        planned_start=row.planned_start,
        planned_end=row.planned_end,
        started_on=row.started_on,
        completed_on=row.completed_on,
    )


def _way(row: CaseRow, stretches: tuple[Stretch, ...]) -> Way:
    assert row.course_id is not None
    assert row.opened_on is not None
    return Way(
        application_id=row.application_id,
        course_id=row.course_id,
        programme=row.programme,
        municipality=row.municipality,
        submitted_on=row.submitted_on,
        accepted_on=row.accepted_on,
        agreed_on=row.agreed_on,
        opened_on=row.opened_on,
        team_assigned_on=row.team_assigned_on,
        completed_on=row.completed_on,
        stretches=stretches,
    )
