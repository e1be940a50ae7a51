"""What others may read of the daycares."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Select, bindparam
from sqlmodel import col, select

from intake.municipalities.queries import one_with
from intake.organisations.model import Daycare
from intake.organisations.store import daycares_of
from intake.organisations.tables import DaycareRow, SuccessorRow
from shared.alphabet_in_sql import in_danish
from shared.identity import Identity
from shared.work import UnitOfWork

_BY_ID = select(DaycareRow).where(col(DaycareRow.id).in_(bindparam("ids", expanding=True)))


async def daycares(work: UnitOfWork, municipalities: Collection[str] | None = None) -> list[Daycare]:
    """Every daycare, or those of some municipalities, by name."""
    statement = select(DaycareRow).order_by(in_danish(DaycareRow.name), col(DaycareRow.p_number))
    if municipalities is not None:
        statement = statement.where(col(DaycareRow.municipality).in_(municipalities))
    return await daycares_of(work, (await work.session.scalars(statement)).all())


async def municipalities_of(work: UnitOfWork, who: Identity) -> frozenset[str] | None:
    """Whose daycares somebody may see: those of all that are one with their municipality; every one for the office."""
    return None if who.municipality is None else await one_with(work, who.municipality)


def open_in(municipality: str) -> Select[UUID]:
    """The ids of the daycares there that have not ended, for the queries of others."""
    return select(DaycareRow.id).where(DaycareRow.municipality == municipality, col(DaycareRow.ending).is_(None))


async def daycares_by_id(work: UnitOfWork, ids: Collection[UUID]) -> dict[UUID, Daycare]:
    """Those of the daycares that exist."""
    found = await work.session.scalars(_BY_ID, {"ids": list(ids)})
    return {daycare.id: daycare for daycare in await daycares_of(work, found.all())}


def called(words: str) -> Select[UUID]:
    """The ids of the daycares whose names hold these words, in capitals or not, for the queries of others."""
    return select(DaycareRow.id).where(col(DaycareRow.name).icontains(words, autoescape=True))


async def daycares_within(work: UnitOfWork, ids: Collection[UUID], municipality: str) -> dict[UUID, Daycare]:
    """Those of the daycares that lie in what is one municipality with this one today.

    What lies in another is as unknown as what is nowhere: its name and ages are not for whoever guesses its id.
    """
    own = await one_with(work, municipality)
    return {id: each for id, each in (await daycares_by_id(work, ids)).items() if each.municipality in own}


async def daycares_by_number(work: UnitOfWork, p_numbers: Collection[str]) -> list[Daycare]:
    """Those that are registered under these P-numbers."""
    found = await work.session.scalars(select(DaycareRow).where(col(DaycareRow.p_number).in_(p_numbers)))
    return await daycares_of(work, found.all())


async def predecessors(work: UnitOfWork, id: UUID) -> list[Daycare]:
    """The daycares that this one follows, by name."""
    found = await work.session.scalars(
        select(DaycareRow)
        .join(SuccessorRow, col(SuccessorRow.daycare_id) == DaycareRow.id)
        .where(col(SuccessorRow.successor_id) == id)
        .order_by(in_danish(DaycareRow.name), col(DaycareRow.p_number))
    )
    return await daycares_of(work, found.all())
