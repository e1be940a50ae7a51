"""Subscriptions and issues: rows ↔ values."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, text
from sqlmodel import col, func, select

from intake.newsletter.model import Issue, Subscription, Topic
from intake.newsletter.tables import IssueRow, SubscriptionLinkRow, SubscriptionRow
from shared.data_mapper import DataMapper, listed
from shared.mailbox import mailbox_of
from shared.tokens import token_hash
from shared.work import UnitOfWork

_TOPICS = listed("topics", Topic, frozenset)
_SUBSCRIPTIONS = DataMapper(Subscription, SubscriptionRow, own={"email_key": None}, topics=_TOPICS)
_ISSUES = DataMapper(Issue, IssueRow, topics=_TOPICS)


async def hold_address(work: UnitOfWork, email: str) -> Subscription | None:
    """The subscription of a mailbox, if there is one; nobody else subscribes with it until this work ends."""
    key = mailbox_of(email)
    lock = text("select pg_advisory_xact_lock(hashtextextended('praksis.subscription.' || :key, 0))")
    await work.session.execute(lock, {"key": key})
    row = await work.session.scalar(select(SubscriptionRow).where(SubscriptionRow.email_key == key))
    return None if row is None else subscription_of(row)


async def lock_by_token(work: UnitOfWork, token: str) -> Subscription | None:
    """The subscription that a link leads to, held until this work ends."""
    row = await work.session.scalar(
        select(SubscriptionRow)
        .join(SubscriptionLinkRow, col(SubscriptionLinkRow.subscription_id) == SubscriptionRow.id)
        .where(SubscriptionLinkRow.token_hash == token_hash(token))
        .with_for_update(of=SubscriptionRow)
    )
    return None if row is None else subscription_of(row)


async def add_subscription(work: UnitOfWork, subscription: Subscription) -> None:
    """Keep a new subscription."""
    work.session.add(_SUBSCRIPTIONS.row(subscription, email_key=mailbox_of(subscription.email)))
    await work.session.flush()


async def save_subscription(work: UnitOfWork, subscription: Subscription) -> Subscription:
    """Keep what has changed of a held subscription, under its next version."""
    return _SUBSCRIPTIONS.update(await work.session.get_one(SubscriptionRow, subscription.id), subscription)


async def delete_subscription(work: UnitOfWork, id: UUID) -> None:
    """Forget an address, with the links to it."""
    await work.session.execute(delete(SubscriptionRow).where(col(SubscriptionRow.id) == id))


def add_link(work: UnitOfWork, subscription_id: UUID, token: str, made_at: datetime) -> None:
    """Keep a link to a subscription; of its token, only a hash."""
    row = SubscriptionLinkRow(token_hash=token_hash(token), subscription_id=subscription_id, made_at=made_at)
    work.session.add(row)


async def links_since(work: UnitOfWork, subscription_id: UUID, since: datetime) -> int:
    """How many links to a subscription have been sent since a moment."""
    links = select(func.count()).where(
        SubscriptionLinkRow.subscription_id == subscription_id, SubscriptionLinkRow.made_at >= since
    )
    return int(await work.session.scalar(links) or 0)


async def count_readers(work: UnitOfWork, topics: frozenset[Topic]) -> int:
    """How many have confirmed that they want newsletters on any of these topics."""
    return int(await work.session.scalar(select(func.count()).where(*_reads(topics))) or 0)


async def next_readers(work: UnitOfWork, issue: Issue, most: int) -> list[Subscription]:
    """Those who read on the topics of an issue and come behind those it has been sent to, by id.

    Who has confirmed after its release is not among them.
    """
    statement = select(SubscriptionRow).where(
        *_reads(issue.topics), col(SubscriptionRow.confirmed_at) <= issue.released_at
    )
    if issue.reached is not None:
        statement = statement.where(SubscriptionRow.id > issue.reached)
    rows = await work.session.scalars(statement.order_by(col(SubscriptionRow.id)).limit(most))
    return [subscription_of(row) for row in rows]


async def lock_issue(work: UnitOfWork, id: UUID) -> Issue | None:
    """The issue, held until this work ends."""
    row = await work.session.scalar(
        select(IssueRow).where(IssueRow.id == id).with_for_update().execution_options(populate_existing=True)
    )
    return None if row is None else issue_of(row)


def add_issue(work: UnitOfWork, issue: Issue) -> None:
    """Keep a new issue."""
    work.session.add(_ISSUES.row(issue))


async def save_issue(work: UnitOfWork, issue: Issue) -> Issue:
    """Keep what has changed of a locked issue, under its next version."""
    return _ISSUES.update(await work.session.get_one(IssueRow, issue.id), issue)


async def save_sent(work: UnitOfWork, issue: Issue) -> None:
    """Keep how far a locked issue has been sent. To its writers it is the same version."""
    row = await work.session.get_one(IssueRow, issue.id)
    row.status, row.sent, row.reached = issue.status, issue.sent, issue.reached


def subscription_of(row: SubscriptionRow) -> Subscription:
    """The value a row stands for."""
    return _SUBSCRIPTIONS.value(row)


def issue_of(row: IssueRow) -> Issue:
    """The value a row stands for."""
    return _ISSUES.value(row)


def _reads(topics: frozenset[Topic]) -> tuple[ColumnElement[bool], ...]:
    overlap: ColumnElement[bool] = col(SubscriptionRow.topics).overlap(sorted(topics))  # type: ignore[attr-defined]
    return col(SubscriptionRow.confirmed_at).is_not(None), overlap
