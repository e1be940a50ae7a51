"""a mailbox has one subscription, to which all of its links lead"""

from collections import defaultdict
from typing import Any

import sqlalchemy as sa
from alembic import op
from email_validator import EmailNotValidError, validate_email

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of several, the first that was confirmed stays, or else the last that was asked for."""
    rows = op.get_bind().execute(
        sa.text(
            "select id, email, email_key, topics, confirmed_at from intake.subscription"
            " order by confirmed_at nulls last, asked_at desc, id"
        )
    )
    by_mailbox: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        by_mailbox[_mailbox_of(row.email)].append(row)
    for first, *others in by_mailbox.values():
        if others:
            _merge(first, others)
    for mailbox, (first, *_) in by_mailbox.items():
        if first.email_key != mailbox:
            _execute("update intake.subscription set email_key = :key where id = :id", key=mailbox, id=first.id)


def _merge(first: Any, others: list[Any]) -> None:
    """Links of all lead to the first, which has the topics of all that were confirmed, and what is owed to any of them
    is owed to it, so that whoever unsubscribes is owed nothing more."""
    for other in others:
        _execute(
            "update intake.mail set address = :first where sent_at is null and address = :other"
            " and link like '/subscriptions/%'",
            first=first.email,
            other=other.email,
        )
        _execute(
            "update intake.subscription_link set subscription_id = :first where subscription_id = :other",
            first=first.id,
            other=other.id,
        )
        _execute("delete from intake.subscription where id = :other", other=other.id)
    topics = sorted({*first.topics, *(topic for each in others if each.confirmed_at for topic in each.topics)})
    if topics != sorted(first.topics):
        _execute(
            "update intake.subscription set topics = :topics, version = version + 1 where id = :id",
            topics=topics,
            id=first.id,
        )


def _execute(statement: str, **values: Any) -> None:
    op.get_bind().execute(sa.text(statement), values)


def _mailbox_of(address: str) -> str:
    """As `shared.mailbox` said it at the time of this revision."""
    if "=?" in address:
        return address.lower()
    try:
        valid = validate_email(address, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError:
        return address.lower()
    local, _, domain = f"{valid.local_part}@{valid.ascii_domain}".lower().rpartition("@")
    return f"{local.partition('+')[0] or local}@{domain}"
