"""What others may read of what waits for a confirmation."""

from sqlmodel import col, func, select

from intake.confirmations.model import ConfirmationKind, Pending
from intake.confirmations.store import pending_of
from intake.confirmations.tables import ConfirmationRow
from shared.tokens import token_hash
from shared.work import UnitOfWork


async def pending_by_token(work: UnitOfWork, kind: ConfirmationKind, token: str) -> Pending | None:
    """What a link leads to, as long as it can be confirmed."""
    row = await work.session.scalar(
        select(ConfirmationRow).where(
            ConfirmationRow.token_hash == token_hash(token), col(ConfirmationRow.kind) == kind
        )
    )
    found = None if row is None else pending_of(row)
    return found if found is not None and work.now < found.lapses_at else None


async def count_pending(work: UnitOfWork, kind: ConfirmationKind, about: str, mailbox: str) -> int:
    """How much waits about the same at one mailbox."""
    waiting = select(func.count()).where(
        ConfirmationRow.about == about, ConfirmationRow.mailbox == mailbox, col(ConfirmationRow.kind) == kind
    )
    return int(await work.session.scalar(waiting) or 0)
