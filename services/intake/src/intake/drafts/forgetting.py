"""Drafts that nobody has touched for long are forgotten: they hold names, and will never be applications."""

from sqlalchemy import delete
from sqlmodel import col, func, select

from intake.attachments.commands import forget
from intake.drafts.tables import DraftRow
from shared.database import Database
from shared.retention.months import months_before

_AT_ONCE = 100
"""Drafts that are forgotten in one commit."""


async def forget_old_drafts(database: Database, keep_months: int, *, dry_run: bool = False) -> int:
    """Delete the unsent drafts that were last changed more than so many months ago; returns how many there were."""
    async with database.work() as work:
        old = col(DraftRow.sent_at).is_(None), col(DraftRow.changed_at) < months_before(work.now, keep_months)
        if dry_run:
            return int(await work.session.scalar(select(func.count()).where(*old)) or 0)
    forgotten = batch = await _forget_some(database, *old)
    while batch == _AT_ONCE:
        batch = await _forget_some(database, *old)
        forgotten += batch
    return forgotten


async def _forget_some(database: Database, *old: object) -> int:
    async with database.work() as work:
        statement = select(DraftRow.id).where(*old).limit(_AT_ONCE).with_for_update(skip_locked=True)  # type: ignore[arg-type]
        ids = list(await work.session.scalars(statement))
        for id in ids:
            await forget(work, id)
        await work.session.execute(delete(DraftRow).where(col(DraftRow.id).in_(ids)))
        await work.commit()
    return len(ids)
