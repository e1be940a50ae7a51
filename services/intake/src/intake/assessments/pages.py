"""Assessments as pages; `{id}` is that of the application."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any
from uuid import UUID

from fastapi import Request, Response
from pydantic import Field
from starlette.responses import RedirectResponse

from intake.applications.model import ApplicationStatus
from intake.assessments import commands, queries
from intake.assessments.inputs import Prose, as_sent, field_of, scores_of, sheet_form
from intake.assessments.outputs import words_of
from intake.assessments.queries import reviewer_of
from intake.assessments.reading import reference
from intake.assessments.results import REVIEWERS_NEEDED, rounded
from intake.assessments.texts import KIND, TRIGGER, standing
from intake.attachments.downloading import download_of, folder_of
from intake.programmes.offer import Criterion
from intake.programmes.texts import APPLICANT, THEME
from shared.errors import Problem, Refused, Text, require_found
from shared.identity import Identity
from shared.inputs.fields import Input
from shared.municipalities import municipalities
from shared.web.access import allow
from shared.web.forms import Submission, submitted
from shared.web.pages import render_page
from shared.web.returning import typed_in, was_done
from shared.web.routes import Work, page_router

router = page_router()

Reader = Annotated[Identity, allow(*queries.READERS)]
Assessor = Annotated[Identity, allow(*queries.REVIEWERS)]
NOTHING: Mapping[str, Any] = MappingProxyType({})
CONFLICT = frozenset({"conflict"})


class Next(Input):
    """How many more somebody wants to take on."""

    count: int = Field(ge=1, le=commands.MOST_AT_ONCE)


class StepBack(Input):
    """Why somebody may not assess the application."""

    conflict: Prose


@router.get("/assessments")
async def assessments_page(request: Request, work: Work, who: Reader) -> Response:
    """What somebody has taken on, what lacks reviewers, and for the staff how far every application has come."""
    return await _assessments_page(request, work, who)


@router.post("/assessments")
async def take_next(request: Request, work: Work, who: Assessor) -> Response:
    """Take on the next ones, and show the desk as it is then."""
    form = await submitted(request, Next)
    if form.value is None:
        return await _assessments_page(request, work, who, form.sent, form.errors)
    await commands.take_next(work, await reviewer_of(work, who), form.value.count)
    return RedirectResponse("/assessments", 303)


@router.get("/assessments/{id}")
async def assessment_page(id: UUID, request: Request, work: Work, who: Reader) -> Response:
    """One application beside the form in which it is assessed, and what the reviewers say together."""
    return await _assessment_page(id, request, work, who)


@router.get("/assessments/{id}/attachments/{attachment_id}")
async def download(id: UUID, attachment_id: UUID, request: Request, work: Work, who: Reader) -> Response:
    """A file that goes with the application, for whoever may read all of it."""
    found = require_found(
        await queries.readable_attachment(work, id, attachment_id, who, words_of(request)), "attachment"
    )
    return await download_of(found, folder_of(request))


@router.post("/assessments/{id}/taking")
async def take(id: UUID, request: Request, work: Work, who: Assessor) -> Response:
    """Take an application on, and show it."""
    await commands.take(work, id, await reviewer_of(work, who))
    return RedirectResponse(f"/assessments/{id}", 303)


@router.post("/assessments/{id}/draft")
async def save_draft(id: UUID, request: Request, work: Work, who: Assessor) -> Response:
    """Keep what there is so far, and go on."""
    criteria = await _criteria(work, id)
    form = await submitted(request, sheet_form(criteria), elsewhere=CONFLICT)
    if form.value is None:
        return await _again(id, request, work, who, form)
    version = form.value.model_dump()["version"]
    await commands.save_draft(work, id, version, await reviewer_of(work, who), scores_of(criteria, form.value))
    return RedirectResponse(f"/assessments/{id}?saved=true", 303)


@router.post("/assessments/{id}/scores")
async def hand_in(id: UUID, request: Request, work: Work, who: Assessor) -> Response:
    """Hand in a whole sheet, or another in its place, and show what is known then."""
    criteria = await _criteria(work, id)
    form = await submitted(request, sheet_form(criteria), elsewhere=CONFLICT)
    if form.value is None:
        return await _again(id, request, work, who, form)
    sent = form.value.model_dump()
    try:
        scores = scores_of(criteria, form.value)
        await commands.hand_in(work, id, sent["version"], await reviewer_of(work, who), scores, sent["reason"])
    except Refused as refused:
        errors = _at_fields(refused)
        if not errors:
            raise
        return await _assessment_page(id, request, work, who, form.sent, errors)
    return RedirectResponse(f"/assessments/{id}", 303)


@router.post("/assessments/{id}/conflict")
async def declare_conflict(id: UUID, request: Request, work: Work, who: Assessor) -> Response:
    """Step back, and show the desk without the application."""
    form = await submitted(request, StepBack, beside=frozenset(typed_in(request)) - CONFLICT | {"version"})
    if form.value is None:
        return await _assessment_page(id, request, work, who, form.sent, form.errors)
    await commands.declare_conflict(work, id, await reviewer_of(work, who), form.value.conflict)
    return RedirectResponse("/assessments", 303)


async def _criteria(work: Work, id: UUID) -> tuple[Criterion, ...]:
    found = require_found(await queries.opened(work, id), "application")
    return found.programme.criteria


def _at_fields(refused: Refused) -> dict[str, Text]:
    """What the reviewer has left out, at the fields it is about."""
    if refused.slug == "change-without-reason":
        return {"reason": Text("Say why you change what you have handed in.")}
    if refused.slug == "scores-missing":
        missing = refused.parameters["criteria"]
        assert isinstance(missing, list)
        return {field_of("points", name): Text("Choose a score.") for name in missing}
    return {}


async def _again(id: UUID, request: Request, work: Work, who: Identity, form: Submission[Any]) -> Response:
    """The page with what is wrong. Raises `invalid-request` where that is nothing that somebody could have typed."""
    if any(name not in ("reason", "conflict") and not name.startswith(("points_", "remark_")) for name in form.errors):
        raise Problem("invalid-request", 422)
    return await _assessment_page(id, request, work, who, form.sent, form.errors)


async def _assessments_page(
    request: Request,
    work: Work,
    who: Identity,
    sent: Mapping[str, object] = NOTHING,
    errors: Mapping[str, Text] = NOTHING,
) -> Response:
    reviewer = await reviewer_of(work, who)
    assesses = bool(queries.REVIEWERS & who.roles)
    lines = await queries.open_lines(work)
    own = await queries.lines_of(work, reviewer) if assesses else []
    return render_page(
        request,
        "assessments.html",
        status=422 if errors else 200,
        own=[(line, line.panel.of(reviewer.subject)) for line in own],
        waiting=queries.waiting_for(reviewer, lines) if assesses else [],
        progress=[(line, queries.result_for(reviewer, line)) for line in lines] if reviewer.sees_all else [],
        reviewer=reviewer,
        assesses=assesses,
        needed=REVIEWERS_NEEDED,
        most=commands.MOST_AT_ONCE,
        municipalities=municipalities(),
        reference=reference,
        standing=standing,
        rounded=rounded,
        sent=sent or {"count": "1"},
        errors=errors,
    )


async def _assessment_page(
    id: UUID,
    request: Request,
    work: Work,
    who: Identity,
    sent: Mapping[str, object] = NOTHING,
    errors: Mapping[str, Text] = NOTHING,
) -> Response:
    sight = require_found(await queries.sight(work, id, who, words_of(request)), "application")
    return render_page(
        request,
        "assessment.html",
        status=422 if errors else 200,
        sight=sight,
        own=sight.own,
        may_score=sight.own is not None and sight.status is ApplicationStatus.SUBMITTED,
        assesses=bool(queries.REVIEWERS & who.roles),
        sees_all=bool(queries.STAFF & who.roles),
        field_of=field_of,
        reference=reference(id),
        needed=REVIEWERS_NEEDED,
        applicants=APPLICANT,
        kinds=KIND,
        themes=THEME,
        triggers=TRIGGER,
        rounded=rounded,
        saved=was_done(request, "saved"),
        sent=sent or (as_sent(sight.own) if sight.own else {}),
        errors=errors,
    )
