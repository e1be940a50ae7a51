"""What readers and writers of newsletters do, the same from a page and through the API."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from uuid_utils.compat import uuid7

from intake.newsletter import decisions, store
from intake.newsletter.inputs import IssueIn, SubscriptionIn
from intake.newsletter.messages import known_already, please_confirm
from intake.newsletter.model import Issue, Subscription, Topic
from shared.errors import require_found, require_seen, require_version
from shared.identity import Language
from shared.mail.outbox import Mail, post, take_back
from shared.strangers import Stranger
from shared.tokens import new_token
from shared.work import UnitOfWork

MOST_LINKS_A_DAY = 3
"""How often an address is written to within a day because somebody has entered it."""


async def subscribe(work: UnitOfWork, said: SubscriptionIn, language: Language, stranger: Stranger) -> None:
    """Write to an address to ask whether newsletters are wanted; to one that gets them, how to change what it gets.

    Raises what `Stranger.count` raises.
    """
    found = await store.hold_address(work, said.email)
    await stranger.count(work)
    if found is None:
        found = Subscription(uuid7(), said.email, language, said.topics, work.now)
        await store.add_subscription(work, found)
    elif found.confirmed_at is None:
        again = replace(found, topics=said.topics, asked_at=work.now, language=language)
        found = await store.save_subscription(work, again)
    if found.confirmed_at is not None or await stranger.may_write_to(work, said.email):
        await _write(work, found, known_already if found.confirmed_at else please_confirm)


async def confirm(work: UnitOfWork, token: str) -> Subscription:
    """Confirm the subscription that a link leads to. Raises `unknown-subscription`, or what the decision refuses."""
    found = await _held(work, token)
    confirmed = work.record(decisions.confirm(found, work.now))
    return found if confirmed is found else await store.save_subscription(work, confirmed)


async def confirm_on(work: UnitOfWork, token: str, seen: int, topics: frozenset[Topic]) -> None:
    """Confirm a subscription on these topics; to do it twice changes nothing.

    Raises what `confirm` raises, and `stale-version` where they are others than what stands.
    """
    if (await _held(work, token)).topics != topics:
        await choose_topics(work, token, seen, topics)
    await confirm(work, token)


async def choose_topics(work: UnitOfWork, token: str, seen: int, topics: frozenset[Topic]) -> Subscription:
    """Change what somebody is sent. Raises `unknown-subscription` or `stale-version`."""
    found = await _held(work, token)
    require_version(seen, found.version)
    return await store.save_subscription(work, replace(found, topics=topics))


async def unsubscribe(work: UnitOfWork, token: str) -> None:
    """Forget the address that a link belongs to, and what is still owed to it. Where there is none any more, that is
    what was wanted."""
    found = await store.lock_by_token(work, token)
    if found is not None:
        await take_back(work, found.email, links="/subscriptions/")
        await store.delete_subscription(work, found.id)


async def write(work: UnitOfWork, said: IssueIn) -> Issue:
    """Begin an issue."""
    issue = Issue(uuid7(), said.subject, said.text, said.topics)
    store.add_issue(work, issue)
    return issue


async def rewrite(work: UnitOfWork, id: UUID, seen: int, said: IssueIn) -> Issue:
    """Change an issue. Raises `unknown-newsletter`, `stale-version`, or what the decision refuses."""
    issue = await _held_issue(work, id, seen)
    return await store.save_issue(work, work.record(decisions.rewrite(issue, said.subject, said.text, said.topics)))


async def release(work: UnitOfWork, id: UUID, seen: int, said: IssueIn | None = None) -> Issue:
    """Send what stood at `seen`, as it is `said` now if it is.

    Raises `unknown-newsletter`, `stale-version`, or what the decision refuses.
    """
    issue = await _held_issue(work, id, seen)
    if said is not None:
        issue = replace(issue, subject=said.subject, text=said.text, topics=said.topics)
    decision = decisions.release(issue, await store.count_readers(work, issue.topics), work.now)
    return await store.save_issue(work, work.record(decision))


async def _held(work: UnitOfWork, token: str) -> Subscription:
    return require_found(await store.lock_by_token(work, token), "subscription")


async def _held_issue(work: UnitOfWork, id: UUID, seen: int) -> Issue:
    return require_seen(await store.lock_issue(work, id), "newsletter", seen)


async def _write(work: UnitOfWork, subscription: Subscription, say: Callable[[Subscription, str], Mail]) -> None:
    if await store.links_since(work, subscription.id, work.now - timedelta(days=1)) < MOST_LINKS_A_DAY:
        token = new_token()
        store.add_link(work, subscription.id, token, work.now)
        await post(work, say(subscription, token))
