"""Read-only views of the substitutions."""

from uuid import UUID

from sqlmodel import col, select

from intake.substitutions.model import Substitution
from intake.substitutions.store import substitution_of
from intake.substitutions.tables import SubstitutionRow
from shared.work import UnitOfWork


async def substitutions(work: UnitOfWork, application_id: UUID) -> list[Substitution]:
    """Those of an application, the first one first."""
    rows = await work.session.scalars(
        select(SubstitutionRow)
        .where(SubstitutionRow.application_id == application_id)
        .order_by(col(SubstitutionRow.made_at), col(SubstitutionRow.id))
    )
    return [substitution_of(row) for row in rows]
