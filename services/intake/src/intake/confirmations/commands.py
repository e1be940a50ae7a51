"""Letting something wait for a confirmation, and taking it up again."""

from datetime import timedelta

from intake.confirmations import store
from intake.confirmations.model import DAYS_TO_CONFIRM, ConfirmationKind, Pending
from shared.tokens import new_token
from shared.work import UnitOfWork


async def let_wait(work: UnitOfWork, pending: Pending) -> str:
    """Keep what has been asked for; returns the token of the link. What has lapsed by now is forgotten."""
    await forget_lapsed(work)
    token = new_token()
    store.add_pending(work, pending, token)
    return token


async def take_up(work: UnitOfWork, kind: ConfirmationKind, token: str) -> Pending | None:
    """What a link leads to, which waits no longer when this work commits; nothing where it has lapsed or is done."""
    pending = await store.remove_pending(work, kind, token)
    return pending if pending is not None and work.now < pending.lapses_at else None


async def forget_lapsed(work: UnitOfWork) -> int:
    """Delete what nobody has confirmed in time; returns how much it was."""
    return await store.delete_lapsed(work, work.now - timedelta(days=DAYS_TO_CONFIRM))
