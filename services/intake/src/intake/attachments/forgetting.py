"""Contents that no row speaks of – of files that were removed, or whose adding was taken back – are deleted."""

import asyncio
import time
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col, select

from intake.attachments.folder import AttachmentFolder
from intake.attachments.tables import AttachmentRow, RemovedAttachmentRow
from shared.database import Database

YOUNGEST = timedelta(days=1)
"""What is younger may belong to a work that has not committed yet."""
_AT_ONCE = 1_000


async def sweep(database: Database, folder: AttachmentFolder, *, dry_run: bool = False) -> int:
    """Delete the contents of no attachment; returns how many there were. What is interrupted, the next run ends."""
    old = await asyncio.to_thread(_old, folder)
    ids = list(old)
    swept = 0
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        async with database.work() as work:
            statement = select(AttachmentRow.id).where(col(AttachmentRow.id).in_(some))
            spoken_of = set(await work.session.scalars(statement))
            if not dry_run:
                swept_up = delete(RemovedAttachmentRow).where(col(RemovedAttachmentRow.id).in_(some))
                await work.session.execute(swept_up)
                await work.commit()
        for id in some:
            if id not in spoken_of:
                swept += 1
                if not dry_run:
                    await asyncio.to_thread(old[id].unlink, missing_ok=True)
    return swept


def _old(folder: AttachmentFolder) -> dict[UUID, Path]:
    limit = time.time() - YOUNGEST.total_seconds()  # files are dated by the machine
    return {id: file for id, file in folder.kept() if file.stat().st_mtime < limit}
