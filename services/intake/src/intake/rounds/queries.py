"""What others may read of the rounds."""

from uuid import UUID

from sqlmodel import col, select

from intake.rounds.model import Round
from intake.rounds.store import round_of
from intake.rounds.tables import RoundRow
from shared.work import UnitOfWork


async def rounds(work: UnitOfWork) -> list[Round]:
    """Every round, the latest deadline first."""
    rows = await work.session.scalars(select(RoundRow).order_by(col(RoundRow.deadline).desc(), col(RoundRow.id)))
    return [round_of(row) for row in rows]


async def round_by_id(work: UnitOfWork, id: UUID) -> Round | None:
    """The round, if there is one of this id."""
    row = await work.session.get(RoundRow, id)
    return None if row is None else round_of(row)
