"""Confirming a subscription, and sending an issue to all who read on its topics, group by group."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from intake.newsletter.model import Issue, IssueStatus, Subscription, Topic
from shared.contracts.intake.newsletter import NewsletterGroupDue
from shared.decision import Decision, Timer
from shared.errors import Refused

DAYS_TO_CONFIRM = 7
"""Whole days; an address that has not been confirmed by then is forgotten."""
GROUP = 100
"""How many are sent an issue in one commit."""
PAUSE = timedelta(minutes=1)
"""Between groups, so that what people wait for is not queued behind a newsletter."""


def lapses_at(subscription: Subscription) -> datetime:
    """The first moment at which a subscription can no longer be confirmed."""
    return subscription.asked_at + timedelta(days=DAYS_TO_CONFIRM)


def confirm(subscription: Subscription, now: datetime) -> Decision[Subscription]:
    """Say that the newsletters are wanted; to do it twice changes nothing. Raises `Refused` when it is too late."""
    if subscription.confirmed_at is not None:
        return Decision(subscription)
    if now >= lapses_at(subscription):
        raise Refused("subscription-lapsed")
    return Decision(replace(subscription, confirmed_at=now))


def rewrite(issue: Issue, subject: str, text: str, topics: frozenset[Topic]) -> Decision[Issue]:
    """Change what an issue says. Raises `Refused` for one that has been released."""
    if issue.status is not IssueStatus.DRAFT:
        raise Refused("newsletter-released")
    return Decision(replace(issue, subject=subject, text=text, topics=topics))


def release(issue: Issue, recipients: int, now: datetime) -> Decision[Issue]:
    """Send an issue to so many people. Raises `Refused` for one that has been released, and for no reader at all."""
    if issue.status is not IssueStatus.DRAFT:
        raise Refused("newsletter-released")
    if recipients == 0:
        raise Refused("nobody-subscribes")
    released = replace(issue, status=IssueStatus.SENDING, released_at=now, recipients=recipients)
    return Decision(released, (), (_next_group(issue.id, now),))


def send_group(issue: Issue, count: int, last: UUID | None, now: datetime) -> Decision[Issue]:
    """Go on behind the group that has just been sent. A group that is not full was the last."""
    sent = replace(issue, sent=issue.sent + count, reached=last or issue.reached)
    if count < GROUP:
        return Decision(replace(sent, status=IssueStatus.SENT))
    return Decision(sent, (), (_next_group(issue.id, now + PAUSE),))


def _next_group(id: UUID, at: datetime) -> Timer:
    return Timer(f"newsletter/{id}/group", at, NewsletterGroupDue(issue_id=id))
