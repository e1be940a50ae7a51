"""Read-only views of newsletters."""

from uuid import UUID

from sqlmodel import col, select

from intake.newsletter.model import Issue, Subscription, Topic
from intake.newsletter.store import count_readers, issue_of, subscription_of
from intake.newsletter.tables import IssueRow, SubscriptionLinkRow, SubscriptionRow
from shared.identity import Role
from shared.tokens import token_hash
from shared.work import UnitOfWork

WRITERS = frozenset({Role.SECRETARY, Role.COORDINATOR, Role.ADMINISTRATOR})
"""Who writes newsletters and sends them."""


async def issues(work: UnitOfWork) -> list[Issue]:
    """Every issue, the newest first."""
    return [issue_of(row) for row in await work.session.scalars(select(IssueRow).order_by(col(IssueRow.id).desc()))]


async def issue_by_id(work: UnitOfWork, id: UUID) -> Issue | None:
    """The issue, if there is one of this id."""
    row = await work.session.get(IssueRow, id)
    return None if row is None else issue_of(row)


async def subscription_by_token(work: UnitOfWork, token: str) -> Subscription | None:
    """The subscription that a link leads to, if there is one."""
    row = await work.session.scalar(
        select(SubscriptionRow)
        .join(SubscriptionLinkRow, col(SubscriptionLinkRow.subscription_id) == SubscriptionRow.id)
        .where(SubscriptionLinkRow.token_hash == token_hash(token))
    )
    return None if row is None else subscription_of(row)


async def readers(work: UnitOfWork, topics: frozenset[Topic]) -> int:
    """How many would be sent an issue on these topics now."""
    return await count_readers(work, topics)
