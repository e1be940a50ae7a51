"""What is deleted of those who have asked for newsletters."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlmodel import col

from intake.newsletter.tables import SubscriptionLinkRow, SubscriptionRow
from shared.work import UnitOfWork


async def forget_unconfirmed(work: UnitOfWork, asked_before: datetime) -> int:
    """Delete the addresses that nobody has confirmed; returns how many."""
    done: Any = await work.session.execute(
        delete(SubscriptionRow).where(
            col(SubscriptionRow.confirmed_at).is_(None), col(SubscriptionRow.asked_at) <= asked_before
        )
    )
    return int(done.rowcount)


async def forget_links(work: UnitOfWork, made_before: datetime) -> int:
    """Delete links in newsletters so old that nobody follows them; returns how many."""
    done: Any = await work.session.execute(
        delete(SubscriptionLinkRow).where(col(SubscriptionLinkRow.made_at) < made_before)
    )
    return int(done.rowcount)
