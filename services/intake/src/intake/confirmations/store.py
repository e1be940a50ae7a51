"""What waits for a confirmation: rows ↔ values."""

from datetime import datetime

from sqlalchemy import delete
from sqlmodel import col

from intake.confirmations.model import ConfirmationKind, Pending
from intake.confirmations.tables import ConfirmationRow
from shared.data_mapper import DataMapper, Part
from shared.tokens import token_hash
from shared.work import UnitOfWork

_SAID = Part(("said",), lambda said: [dict(said)], dict)
_PENDING = DataMapper(Pending, ConfirmationRow, own={"token_hash": None}, said=_SAID)


def add_pending(work: UnitOfWork, pending: Pending, token: str) -> None:
    """Keep what has been asked for; of the token of its link, only a hash."""
    work.session.add(_PENDING.row(pending, token_hash=token_hash(token)))


async def remove_pending(work: UnitOfWork, kind: ConfirmationKind, token: str) -> Pending | None:
    """Take out what a link leads to. Of two who do so at once, one gets it."""
    row = await work.session.scalar(
        delete(ConfirmationRow)
        .where(col(ConfirmationRow.token_hash) == token_hash(token), col(ConfirmationRow.kind) == kind)
        .returning(ConfirmationRow)
    )
    return None if row is None else pending_of(row)


async def delete_lapsed(work: UnitOfWork, asked_before: datetime) -> int:
    """Forget what was asked for at that moment or before; returns how much it was."""
    gone = delete(ConfirmationRow).where(col(ConfirmationRow.asked_at) <= asked_before)
    return len((await work.session.scalars(gone.returning(col(ConfirmationRow.token_hash)))).all())


def pending_of(row: ConfirmationRow) -> Pending:
    """The value a row stands for."""
    return _PENDING.value(row)
