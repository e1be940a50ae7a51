"""Newsletters as JSON. Whoever subscribes is answered the same whether the address was known or not."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict

from intake.newsletter import commands, queries
from intake.newsletter.inputs import IssueIn, SubscriptionIn, TopicsIn
from intake.newsletter.model import Issue, IssueStatus, Subscription, Topic
from shared.errors import require_found
from shared.identity import Identity
from shared.web.access import allow, public
from shared.web.kernel import language_of
from shared.web.preconditions import Seen, etag
from shared.web.routes import Work, api_router
from shared.web.strangers import stranger_of

router = api_router(tags=["newsletters"])

Writer = Annotated[Identity, allow(*queries.WRITERS)]


class Asked(BaseModel):
    topics: list[Topic]


class SubscriptionOut(BaseModel):
    email: str
    topics: list[Topic]
    confirmed_at: datetime | None
    version: int


class IssueOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    subject: str
    text: str
    topics: list[Topic]
    status: IssueStatus
    released_at: datetime | None
    recipients: int
    sent: int


@router.post("/subscriptions", status_code=202, dependencies=[public])
async def subscribe(body: SubscriptionIn, request: Request, work: Work) -> Asked:
    """Ask for newsletters. An e-mail to the address asks whether they are wanted.

    429 `too-many-requests` when too many are asked for."""
    await commands.subscribe(work, body, language_of(request), stranger_of(request))
    return Asked(topics=sorted(body.topics))


@router.get("/subscriptions/{token}", dependencies=[public])
async def show_subscription(token: str, work: Work, response: Response) -> SubscriptionOut:
    """The subscription that a link leads to; its `ETag` is what a change must match."""
    found = require_found(await queries.subscription_by_token(work, token), "subscription")
    response.headers["ETag"] = etag(found.version)
    return _subscription(found)


@router.post("/subscriptions/{token}/confirmation", dependencies=[public])
async def confirm(token: str, work: Work) -> SubscriptionOut:
    """Say that the newsletters are wanted; to do it twice changes nothing."""
    return _subscription(await commands.confirm(work, token))


@router.post("/subscriptions/{token}/topics", dependencies=[public])
async def choose_topics(token: str, body: TopicsIn, seen: Seen, work: Work, response: Response) -> SubscriptionOut:
    """Change what somebody is sent, as it stood at the version in `If-Match`."""
    changed = await commands.choose_topics(work, token, seen, body.topics)
    response.headers["ETag"] = etag(changed.version)
    return _subscription(changed)


@router.post("/subscriptions/{token}/removal", dependencies=[public])
async def unsubscribe(token: str, work: Work) -> Asked:
    """Get no more newsletters; the address is forgotten."""
    await commands.unsubscribe(work, token)
    return Asked(topics=[])


@router.get("/newsletters")
async def list_issues(work: Work, who: Writer) -> list[IssueOut]:
    """Every issue, the newest first."""
    return [_issue(each) for each in await queries.issues(work)]


@router.get("/newsletters/{id}")
async def show_issue(id: UUID, work: Work, who: Writer, response: Response) -> IssueOut:
    """One issue, with how many it has been sent to; its `ETag` is what a change must match."""
    issue = require_found(await queries.issue_by_id(work, id), "newsletter")
    response.headers["ETag"] = etag(issue.version)
    return _issue(issue)


@router.post("/newsletters", status_code=201)
async def write(body: IssueIn, work: Work, who: Writer, response: Response) -> IssueOut:
    """Begin an issue; nothing is sent yet."""
    issue = await commands.write(work, body)
    response.headers["Location"] = f"/api/v1/newsletters/{issue.id}"
    return _issue(issue)


@router.post("/newsletters/{id}/text")
async def rewrite(id: UUID, body: IssueIn, seen: Seen, work: Work, who: Writer, response: Response) -> IssueOut:
    """Change an issue as it stood at the version in `If-Match`."""
    issue = await commands.rewrite(work, id, seen, body)
    response.headers["ETag"] = etag(issue.version)
    return _issue(issue)


@router.post("/newsletters/{id}/release")
async def release(id: UUID, seen: Seen, work: Work, who: Writer, response: Response) -> IssueOut:
    """Send the issue, as it stood at the version in `If-Match`, to all who read on its topics."""
    issue = await commands.release(work, id, seen)
    response.headers["ETag"] = etag(issue.version)
    return _issue(issue)


def _subscription(found: Subscription) -> SubscriptionOut:
    topics = sorted(found.topics)
    return SubscriptionOut(email=found.email, topics=topics, confirmed_at=found.confirmed_at, version=found.version)


def _issue(issue: Issue) -> IssueOut:
    return IssueOut.model_validate(issue, from_attributes=True)
