"""What is deleted of those who were on interest lists."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, update
from sqlmodel import col, select

from intake.interests.tables import InterestLinkRow, InterestRow
from shared.work import UnitOfWork

FORGOTTEN = ""
"""What stands where a name or an address was."""


async def forget_interests(work: UnitOfWork, left_before: datetime, came_before: datetime) -> int:
    """Delete the names and addresses of those who have left, and of those who have waited too long, who then leave.

    Returns how many they are.
    """
    old = or_(col(InterestRow.left_at) < left_before, col(InterestRow.registered_at) < came_before)
    ids = list(await work.session.scalars(select(InterestRow.id).where(old, InterestRow.email != FORGOTTEN)))
    await work.session.execute(delete(InterestLinkRow).where(col(InterestLinkRow.interest_id).in_(ids)))
    left: Any = col(InterestRow.left_at)
    await work.session.execute(
        update(InterestRow).where(col(InterestRow.id).in_(ids), left.is_(None)).values(left_at=work.now)
    )
    await work.session.execute(
        update(InterestRow).where(col(InterestRow.id).in_(ids)).values(name=FORGOTTEN, email=FORGOTTEN)
    )
    return len(ids)
