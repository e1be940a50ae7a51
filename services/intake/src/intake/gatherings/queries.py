"""What others may read of the cohorts."""

from datetime import date
from uuid import UUID

from sqlmodel import col, select

from intake.gatherings.details import cohort_with
from intake.gatherings.model import Change, Cohort
from intake.gatherings.store import cohorts_of
from intake.gatherings.tables import ChangeRow, CohortRow
from shared.identity import Role
from shared.work import UnitOfWork

ARRANGERS = frozenset({Role.SECRETARY, Role.ADMINISTRATOR})
"""Who announces gatherings, calls them off and notes who was there."""
OFFICE = ARRANGERS | {Role.COORDINATOR}
"""Who sees whoever has registered, and changes gatherings."""


async def cohorts(work: UnitOfWork) -> list[Cohort]:
    """Every cohort, the latest first."""
    rows = await work.session.scalars(
        select(CohortRow).order_by(col(CohortRow.starts_on).desc(), col(CohortRow.id).desc())
    )
    return await cohorts_of(work, rows.all())


async def cohort_by_id(work: UnitOfWork, id: UUID) -> Cohort | None:
    """The cohort, if there is one of this id."""
    row = await work.session.get(CohortRow, id)
    return None if row is None else (await cohorts_of(work, [row]))[0]


async def over_before(work: UnitOfWork, day: date) -> list[UUID]:
    """The cohorts whose last day lies before this one."""
    return list(await work.session.scalars(select(CohortRow.id).where(CohortRow.ends_on < day)))


async def changes(work: UnitOfWork, cohort: Cohort) -> list[Change]:
    """How a cohort has been changed since it was announced, the last change first."""
    rows = await work.session.scalars(
        select(ChangeRow).where(ChangeRow.cohort_id == cohort.id).order_by(col(ChangeRow.version).desc())
    )
    return [_change_of(row, cohort) for row in rows]


async def change_to(work: UnitOfWork, cohort: Cohort, version: int) -> Change | None:
    """The change by which a cohort came to a version, if it was one."""
    row = await work.session.get(ChangeRow, (cohort.id, version))
    return None if row is None else _change_of(row, cohort)


def _change_of(row: ChangeRow, cohort: Cohort) -> Change:
    before, after = cohort_with(cohort, row.was, row.version - 1), cohort_with(cohort, row.became, row.version)
    return Change(before, after, row.reason, row.made_by, row.made_at)
