"""Drafts as JSON."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Request, Response
from pydantic import BaseModel, Field

from intake.applications.texts import sentence
from intake.applications.wishes import WishOut
from intake.drafts import commands, queries
from intake.drafts.decisions import progress
from intake.drafts.inputs import ContentIn, content_of
from intake.drafts.model import Draft
from intake.organisations.queries import daycares_within
from shared.errors import Problem, Refused, require_found
from shared.identity import Identity, Role
from shared.inputs.fields import Flag, Input, Slug, plain_text
from shared.web.access import allow
from shared.web.guessing import guessing
from shared.web.kernel import kernel_of
from shared.web.preconditions import Seen, etag
from shared.web.routes import Work, api_router

router = api_router(tags=["drafts"])

Applicant = Annotated[Identity, allow(Role.APPLICANT)]


class DraftIn(Input):
    programme: Slug
    round_id: UUID | None = None


class SubmissionIn(Input):
    late_code: Annotated[str, plain_text(40)] | None = None
    even_if_refused: Flag = False


class LinkIn(Input):
    token: Annotated[str, plain_text(100)]


class ContentOut(WishOut):
    contact_name: str | None
    contact_email: str | None
    reminders: bool


class StepOut(BaseModel):
    step: str
    done: bool
    needed: bool


class StandingOut(BaseModel):
    rule: str
    passed: bool
    daycare_id: UUID | None
    texts: dict[str, str]


class DraftOut(BaseModel):
    id: UUID
    version: int
    programme: str
    programme_version: int = Field(description="the version that would judge it now; that of the day it is sent will")
    is_offered: bool = Field(description="whether any version is in force, so that it can be sent")
    round_id: UUID | None
    content: ContentOut
    steps: list[StepOut]
    verdicts: list[StandingOut] = Field(description="what the rules say already of what has been filled in")
    changed_at: datetime
    sent_at: datetime | None


class DraftLineOut(BaseModel):
    id: UUID
    programme: str
    round_id: UUID | None
    changed_at: datetime


class LinkOut(BaseModel):
    token: str


class SentOut(BaseModel):
    application_id: UUID


@router.get("/drafts")
async def list_drafts(work: Work, who: Applicant) -> list[DraftLineOut]:
    """The unsent drafts that one may write in, the one changed last first."""
    drafts = await queries.drafts(work, who.subject)
    return [DraftLineOut.model_validate(draft, from_attributes=True) for draft in drafts]


@router.post("/drafts", status_code=201)
async def begin(body: DraftIn, request: Request, response: Response, work: Work, who: Applicant) -> DraftOut:
    """Begin an application."""
    draft = await commands.begin(work, who, body.programme, body.round_id)
    response.headers["Location"] = f"/api/v1/drafts/{draft.id}"
    return await _out(request, response, work, draft)


@router.get("/drafts/{id}")
async def show_draft(id: UUID, request: Request, response: Response, work: Work, who: Applicant) -> DraftOut:
    """What has been filled in so far, and what is missing; its `ETag` is what a change must match."""
    draft = require_found(await queries.draft_by_id(work, id, who.subject), "draft")
    return await _out(request, response, work, draft)


@router.put("/drafts/{id}")
async def change(
    id: UUID, body: ContentIn, seen: Seen, request: Request, response: Response, work: Work, who: Applicant
) -> DraftOut:
    """Put this content in the place of what stood at the version in `If-Match`."""
    return await _out(request, response, work, await commands.change(work, id, seen, who, content_of(body)))


@router.post("/drafts/{id}/submission")
async def send(
    id: UUID, seen: Seen, request: Request, work: Work, who: Applicant, body: SubmissionIn | None = None
) -> SentOut:
    """Make an application, of the same id, of what stood at the version in `If-Match`.

    What a rule turns away stays a draft, unless it is to be sent even so: then the refusal is on record.
    """
    said = body or SubmissionIn()
    try:
        with guessing(request, said.late_code, wrong="unknown-late-code"):
            sent = await commands.send(work, id, seen, who, said.late_code, even_if_refused=said.even_if_refused)
    except Refused as refused:
        if refused.slug != "draft-against-rules":
            raise
        verdicts = commands.verdicts_of(refused)
        refusals = [{"rule": each.rule, "daycare_id": each.daycare_id, "texts": sentence(each)} for each in verdicts]
        raise Problem(refused.slug, 422, refusals=refusals) from None
    return SentOut(application_id=sent.case.id)


@router.post("/drafts/{id}/link")
async def share(id: UUID, work: Work, who: Applicant) -> LinkOut:
    """The token by which others of the municipality may join; an earlier one counts no more."""
    return LinkOut(token=await commands.share(work, id, who))


@router.post("/draft-joinings")
async def join(body: LinkIn, request: Request, response: Response, work: Work, who: Applicant) -> DraftOut:
    """Write in the draft that the token leads to, from now on."""
    with guessing(request, body.token):
        return await _out(request, response, work, await commands.join(work, body.token, who))


@router.post("/drafts/{id}/removal", status_code=204)
async def discard(id: UUID, seen: Seen, work: Work, who: Applicant) -> None:
    """Forget the unsent draft as it stood at the version in `If-Match`."""
    await commands.discard(work, id, seen, who)


async def _out(request: Request, response: Response, work: Work, draft: Draft) -> DraftOut:
    response.headers["ETag"] = etag(draft.version)
    programme, is_offered = await queries.programme_of(work, draft)
    daycares = await daycares_within(work, draft.content.daycares, draft.municipality)
    verdicts = await queries.verdicts_on(work, draft, programme, daycares) if is_offered and not draft.sent_at else ()
    say = kernel_of(request).catalogue.in_every_language
    return DraftOut(
        id=draft.id,
        version=draft.version,
        programme=draft.programme,
        programme_version=programme.version,
        is_offered=is_offered,
        round_id=draft.round_id,
        content=ContentOut.model_validate(draft.content, from_attributes=True),
        steps=[StepOut.model_validate(each, from_attributes=True) for each in progress(draft.content, programme)],
        verdicts=[
            StandingOut(rule=each.rule, passed=each.passed, daycare_id=each.daycare_id, texts={**say(sentence(each))})
            for each in verdicts
        ],
        changed_at=draft.changed_at,
        sent_at=draft.sent_at,
    )
