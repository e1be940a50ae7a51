"""Assessments as JSON; `{id}` is that of the application."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict, Field

from intake.applications.model import Status, Trigger
from intake.assessments import commands, queries
from intake.assessments.inputs import ConflictIn, DraftIn, SheetIn
from intake.assessments.model import Assessment
from intake.assessments.queries import Line, Member, Sight, reviewer_of
from intake.assessments.reading import reference
from intake.assessments.results import Result
from intake.assessments.texts import words_of
from intake.attachments.downloading import download_of, folder_of
from intake.organisations.model import DaycareKind, Ownership
from intake.programmes.rules import ApplicantKind
from shared.contracts.intake import Skill
from shared.errors import Problem
from shared.identity import Identity
from shared.web.access import allow
from shared.web.inputs import Input
from shared.web.preconditions import Seen, etag
from shared.web.routes import Work, api_router

router = api_router(tags=["assessments"])

Reader = Annotated[Identity, allow(*queries.READERS)]
Assessor = Annotated[Identity, allow(*queries.REVIEWERS)]


class NextIn(Input):
    count: Annotated[int, Field(strict=True, ge=1, le=commands.MOST_AT_ONCE)] = 1


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class ScoreOut(_Out):
    criterion: str
    points: int | None
    remark: str | None


class SheetOut(_Out):
    scores: list[ScoreOut]
    handed_in_at: datetime
    reason: str | None = Field(description="why it replaced the one before")


class OwnOut(_Out):
    application_id: UUID
    version: int
    taken_at: datetime
    draft: list[ScoreOut]
    sheets: list[SheetOut] = Field(description="as handed in, the oldest first; the last one counts")
    conflict: str | None = Field(description="why somebody has stepped back")


class SelectionOut(_Out):
    vulnerable_share: int | None
    trigger: Trigger | None
    inspections: str | None


class ReadDaycareOut(_Out):
    name: str
    kind: DaycareKind
    ownership: Ownership
    age_from: int
    age_to: int
    selection: SelectionOut | None


class ReadingOut(_Out):
    """The application as the reviewer may read it: with an alias for every name where the programme asks for that."""

    municipality: str | None
    applicant_kind: ApplicantKind
    daycares: list[ReadDaycareOut]
    themes: list[Skill]
    hours: int | None
    motivation: str


class FileOut(_Out):
    id: UUID
    name: str
    size: int


class MemberOut(BaseModel):
    reviewer: str
    is_in: bool
    sheets: list[SheetOut]
    conflict: str | None
    points: int | None
    highest: int | None


class CriterionResultOut(BaseModel):
    criterion: str
    points: list[int]
    spread: int
    disagree: bool


class ResultOut(BaseModel):
    """Together, in weighted points; the mean is `points / reviewers` of `highest / reviewers`."""

    reviewers: int
    points: int
    highest: int
    spread: int
    disagree: bool
    criteria: list[CriterionResultOut]


class AssessmentOut(BaseModel):
    application_id: UUID
    reference: str
    programme: str
    programme_version: int
    status: Status
    submitted_at: datetime
    municipality: str | None
    may_take: bool
    own: OwnOut | None
    application: ReadingOut | None = Field(description="once the reviewer has taken it on")
    attachments: list[FileOut] = Field(description="files that the reviewer may read")
    unread: int = Field(description="so many files are kept from the reviewer with the names in them")
    panel: list[MemberOut] | None = Field(description="once one's own scores are in")
    result: ResultOut | None = Field(description="once enough reviewers are in")


class AssessmentLineOut(BaseModel):
    application_id: UUID
    reference: str
    programme: str
    submitted_at: datetime
    status: Status
    own: OwnOut | None
    reviewers: int


@router.get("/assessments")
async def list_assessments(work: Work, who: Reader) -> list[AssessmentLineOut]:
    """What one has taken on, and after it what lacks reviewers and may be taken on."""
    reviewer = await reviewer_of(work, who)
    waiting = queries.waiting_for(reviewer, await queries.open_lines(work)) if queries.REVIEWERS & who.roles else []
    return [_line_out(line, reviewer.subject) for line in [*await queries.lines_of(work, reviewer), *waiting]]


@router.post("/assessments")
async def take_next(body: NextIn, work: Work, who: Assessor) -> list[OwnOut]:
    """Take on the next ones that lack reviewers; none where there are none."""
    return [_own_out(each) for each in await commands.take_next(work, await reviewer_of(work, who), body.count)]


@router.get("/assessments/{id}")
async def show_assessment(id: UUID, request: Request, response: Response, work: Work, who: Reader) -> AssessmentOut:
    """What one may see of an application that is assessed; the `ETag` is what a draft or a sheet must match."""
    sight = await queries.sight(work, id, who, words_of(request))
    if sight is None:
        raise Problem("unknown-application", 404)
    if sight.own is not None:
        response.headers["ETag"] = etag(sight.own.version)
    return _out(sight)


@router.get("/assessments/{id}/attachments/{attachment_id}")
async def download(id: UUID, attachment_id: UUID, request: Request, work: Work, who: Reader) -> Response:
    """A file that goes with the application, for whoever may read all of it."""
    found = await queries.readable_attachment(work, id, attachment_id, who, words_of(request))
    if found is None:
        raise Problem("unknown-attachment", 404)
    return await download_of(found, folder_of(request))


@router.post("/assessments/{id}/taking")
async def take(id: UUID, work: Work, who: Assessor, response: Response) -> OwnOut:
    """Take an application on."""
    return _saved(response, await commands.take(work, id, await reviewer_of(work, who)))


@router.post("/assessments/{id}/draft")
async def save_draft(id: UUID, body: DraftIn, seen: Seen, work: Work, who: Assessor, response: Response) -> OwnOut:
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
    return _own_out(assessment)


def _line_out(line: Line, reviewer: str) -> AssessmentLineOut:
    own = line.panel.of(reviewer)
    return AssessmentLineOut(
        application_id=line.application.id,
        reference=reference(line.application.id),
        programme=line.programme.slug,
        submitted_at=line.application.submitted_at,
        status=line.application.status,
        own=None if own is None else _own_out(own),
        reviewers=line.takers,
    )


def _out(sight: Sight) -> AssessmentOut:
    return AssessmentOut(
        application_id=sight.id,
        reference=reference(sight.id),
        programme=sight.programme.slug,
        programme_version=sight.programme.version,
        status=sight.status,
        submitted_at=sight.submitted_at,
        municipality=sight.municipality,
        may_take=sight.may_take,
        own=None if sight.own is None else _own_out(sight.own),
        application=None if sight.reading is None else ReadingOut.model_validate(sight.reading),
        attachments=[FileOut.model_validate(each) for each in sight.attachments],
        unread=sight.unread,
        panel=None if sight.panel is None else [_member_out(each) for each in sight.panel],
        result=None if sight.result is None else _result_out(sight.result),
    )


def _own_out(own: Assessment) -> OwnOut:
    return OwnOut(
        application_id=own.application_id,
        version=own.version,
        taken_at=own.taken_at,
        draft=[ScoreOut.model_validate(score) for score in own.draft],
        sheets=[SheetOut.model_validate(sheet) for sheet in own.sheets],
        conflict=None if own.conflict is None else own.conflict.reason,
    )


def _member_out(member: Member) -> MemberOut:
    return MemberOut(
        reviewer=member.name,
        is_in=member.is_in,
        sheets=[SheetOut.model_validate(sheet) for sheet in member.sheets],
        conflict=None if member.conflict is None else member.conflict.reason,
        points=None if member.total is None else member.total.points,
        highest=None if member.total is None else member.total.highest,
    )


def _result_out(result: Result) -> ResultOut:
    return ResultOut(
        reviewers=len(result.totals),
        points=result.together.points,
        highest=result.together.highest,
        spread=result.spread,
        disagree=result.disagree,
        criteria=[
            CriterionResultOut(
                criterion=each.criterion.name, points=list(each.points), spread=each.spread, disagree=each.disagree
            )
            for each in result.criteria
        ],
    )
