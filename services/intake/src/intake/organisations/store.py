"""Daycares: rows ↔ values."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from intake.moving import OpenIds, move
from intake.organisations.model import Address, Daycare, End, Ending
from intake.organisations.tables import DaycareRow, SuccessorRow
from shared.data_mapper import ELSEWHERE, DataMapper, optional
from shared.work import UnitOfWork

_DAYCARES = DataMapper(
    Daycare,
    DaycareRow,
    address=optional(Address, "street", "postal_code", "city"),
    end=ELSEWHERE,
    own={"ending": None, "ended_on": None},
)


async def lock_daycare(work: UnitOfWork, id: UUID) -> Daycare | None:
    """The daycare, held until this work ends."""
    row = await work.session.scalar(select(DaycareRow).where(col(DaycareRow.id) == id).with_for_update())
    return None if row is None else (await daycares_of(work, [row]))[0]


async def lock_daycares_by_number(work: UnitOfWork, p_numbers: Collection[str]) -> dict[str, Daycare]:
    """Those that are known under these P-numbers, held until this work ends."""
    rows = await work.session.scalars(
        select(DaycareRow)
        .where(col(DaycareRow.p_number).in_(p_numbers))
        .order_by(col(DaycareRow.p_number))
        .with_for_update()
    )
    return {daycare.p_number: daycare for daycare in await daycares_of(work, rows.all())}


async def add_daycares(work: UnitOfWork, *daycares: Daycare) -> None:
    """Keep new daycares. A P-number that is taken is an `IntegrityError`."""
    work.session.add_all(_DAYCARES.row(each) for each in daycares)
    await work.session.flush()


async def save_daycare(work: UnitOfWork, daycare: Daycare) -> Daycare:
    """Keep what has changed of a locked daycare, under its next version."""
    row = await work.session.get_one(DaycareRow, daycare.id)
    return _DAYCARES.update(row, daycare)


async def save_end(work: UnitOfWork, daycare: Daycare, end: End) -> Daycare:
    """Keep that a locked daycare is no more, under its next version, and which follow it, in their order."""
    row = await work.session.get_one(DaycareRow, daycare.id)
    row.ending, row.ended_on = end.how, end.on
    work.session.add_all(
        SuccessorRow(daycare_id=daycare.id, position=position, successor_id=successor)
        for position, successor in enumerate(end.successors)
    )
    return _DAYCARES.update(row, daycare)


async def move_daycares(work: UnitOfWork, still_open: OpenIds, into: str) -> int:
    """Let these daycares lie in another municipality; how many they were."""
    return await move(work, DaycareRow, still_open, municipality=into, version=col(DaycareRow.version) + 1)


async def daycares_of(work: UnitOfWork, rows: Sequence[DaycareRow]) -> list[Daycare]:
    """The values that rows stand for; one query more where any of them has ended."""
    ended = [row.id for row in rows if row.ending is not None]
    successors: dict[UUID, list[UUID]] = {id: [] for id in ended}
    if ended:
        found = await work.session.scalars(
            select(SuccessorRow)
            .where(col(SuccessorRow.daycare_id).in_(ended))
            .order_by(col(SuccessorRow.daycare_id), col(SuccessorRow.position))
        )
        for link in found:
            successors[link.daycare_id].append(link.successor_id)
    return [_daycare_of(row, tuple(successors.get(row.id, ()))) for row in rows]


def _daycare_of(row: DaycareRow, successors: tuple[UUID, ...]) -> Daycare:
    end = End(Ending(row.ending), row.ended_on, successors) if row.ending and row.ended_on else None
    return _DAYCARES.value(row, end=end)
