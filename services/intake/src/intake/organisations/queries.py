"""What others may read of the daycares."""

from collections.abc import Collection
from uuid import UUID

from sqlmodel import col, select

from intake.organisations.model import Daycare
from intake.organisations.store import daycare_of
from intake.organisations.tables import DaycareRow
from shared.work import UnitOfWork


async def daycares(work: UnitOfWork, municipality: str | None = None) -> list[Daycare]:
    """Every daycare, or those of one municipality, by name."""
    statement = select(DaycareRow).order_by(DaycareRow.name, DaycareRow.p_number)
    if municipality is not None:
        statement = statement.where(DaycareRow.municipality == municipality)
    return [daycare_of(row) for row in await work.session.scalars(statement)]


async def daycares_by_id(work: UnitOfWork, ids: Collection[UUID]) -> dict[UUID, Daycare]:
    """Those of the daycares that exist."""
    found = await work.session.scalars(select(DaycareRow).where(col(DaycareRow.id).in_(ids)))
    return {row.id: daycare_of(row) for row in found}
