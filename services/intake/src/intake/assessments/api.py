"""Assessments as JSON; `{id}` is that of the application."""

from typing import Annotated
from uuid import UUID

from fastapi import Request, Response
from pydantic import Field

from intake.assessments import commands, queries
from intake.assessments.inputs import AssessmentDraftIn, ConflictIn, SheetIn
from intake.assessments.model import Assessment
from intake.assessments.outputs import (
    AssessmentLineOut,
    AssessmentOut,
    OwnOut,
    assessment_out,
    line_out,
    own_out,
    words_of,
)
from intake.assessments.queries import reviewer_of
from intake.attachments.downloading import download_of, folder_of
from shared.errors import require_found
from shared.identity import Identity
from shared.inputs.fields import Input
from shared.web.access import allow
from shared.web.preconditions import Seen, etag
from shared.web.routes import Work, api_router

router = api_router(tags=["assessments"])

Reader = Annotated[Identity, allow(*queries.READERS)]
Assessor = Annotated[Identity, allow(*queries.REVIEWERS)]


class NextIn(Input):
    count: Annotated[int, Field(strict=True, ge=1, le=commands.MOST_AT_ONCE)] = 1


@router.get("/assessments")
async def list_assessments(work: Work, who: Reader) -> list[AssessmentLineOut]:
    """What one has taken on, and after it what lacks reviewers and may be taken on."""
    reviewer = await reviewer_of(work, who)
    waiting = queries.waiting_for(reviewer, await queries.open_lines(work)) if queries.REVIEWERS & who.roles else []
    return [line_out(line, reviewer.subject) for line in [*await queries.lines_of(work, reviewer), *waiting]]


@router.post("/assessments")
async def take_next(body: NextIn, work: Work, who: Assessor) -> list[OwnOut]:
    """Take on the next ones that lack reviewers; none where there are none."""
    return [own_out(each) for each in await commands.take_next(work, await reviewer_of(work, who), body.count)]


@router.get("/assessments/{id}")
async def show_assessment(id: UUID, request: Request, response: Response, work: Work, who: Reader) -> AssessmentOut:
    """What one may see of an application that is assessed; the `ETag` is what a draft or a sheet must match."""
    sight = require_found(await queries.sight(work, id, who, words_of(request)), "application")
    if sight.own is not None:
        response.headers["ETag"] = etag(sight.own.version)
    return assessment_out(sight)


@router.get("/assessments/{id}/attachments/{attachment_id}")
async def download(id: UUID, attachment_id: UUID, request: Request, work: Work, who: Reader) -> Response:
    """A file that goes with the application, for whoever may read all of it."""
    found = require_found(
        await queries.readable_attachment(work, id, attachment_id, who, words_of(request)), "attachment"
    )
    return await download_of(found, folder_of(request))


@router.post("/assessments/{id}/taking")
async def take(id: UUID, work: Work, who: Assessor, response: Response) -> OwnOut:
    """Take an application on."""
    return _saved(response, await commands.take(work, id, await reviewer_of(work, who)))


@router.post("/assessments/{id}/draft")
async def save_draft(
    id: UUID, body: AssessmentDraftIn, seen: Seen, work: Work, who: Assessor, response: Response
) -> OwnOut:
    """Keep what one has so far, at the version in `If-Match`; nobody else sees it."""
    return _saved(response, await commands.save_draft(work, id, seen, await reviewer_of(work, who), body.values))


@router.post("/assessments/{id}/scores")
async def hand_in(id: UUID, body: SheetIn, seen: Seen, work: Work, who: Assessor, response: Response) -> OwnOut:
    """Hand in a whole sheet at the version in `If-Match`, or another in its place with a reason."""
    return _saved(
        response, await commands.hand_in(work, id, seen, await reviewer_of(work, who), body.values, body.reason)
    )


@router.post("/assessments/{id}/conflict")
async def declare_conflict(id: UUID, body: ConflictIn, work: Work, who: Assessor, response: Response) -> OwnOut:
    """Step back from an application for good, whether it has been taken on or not."""
    return _saved(response, await commands.declare_conflict(work, id, await reviewer_of(work, who), body.reason))


def _saved(response: Response, assessment: Assessment) -> OwnOut:
    response.headers["ETag"] = etag(assessment.version)
    return own_out(assessment)
