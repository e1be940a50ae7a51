"""Drafts as pages: where one begins, writes alone or together, and sends."""

from typing import Annotated
from uuid import UUID

from fastapi import Request, Response
from starlette.responses import RedirectResponse

from intake.drafts import commands, queries
from intake.drafts.inputs import SEVERAL, Filled, content_of, fields_of
from intake.drafts.model import Draft, Step
from intake.drafts.screen import Screen, draft_screen
from intake.drafts.texts import STILL_MISSING
from intake.municipalities.queries import mergers, one_with
from intake.municipalities.texts import merged_into
from intake.programmes.queries import programme_names
from shared.errors import Problem, Refused, Text
from shared.identity import Identity, Role
from shared.web.access import allow
from shared.web.forms import Submission, submitted, valid_part
from shared.web.inputs import Input, Slug
from shared.web.kernel import kernel_of
from shared.web.pages import render_page
from shared.web.routes import Work, page_router

router = page_router()

Applicant = Annotated[Identity, allow(Role.APPLICANT)]
_LATE = {
    "unknown-late-code": Text("Look whether the code is written as you were given it."),
    "late-code-of-another": Text("The code is for another round or another municipality."),
    "late-code-used": Text("The code has been used already."),
}


class Wanted(Input):
    """What somebody begins to apply for."""

    programme: Slug
    round_id: UUID | None = None


class Link(Input):
    """The secret part of a link to a draft."""

    token: str


class Removal(Input):
    """The form behind the button; `version` is what was before the writer's eyes."""

    version: int


@router.get("/apply")
async def apply_page(request: Request, work: Work, who: Applicant) -> Response:
    """What can be applied for today, and what one has begun."""
    return render_page(
        request,
        "apply.html",
        drafts=await queries.drafts(work, who.subject),
        openings=await queries.openings(work),
        names=await programme_names(work),
        merged=merged_into(await mergers(work), who.municipality),
    )


@router.post("/drafts")
async def begin(request: Request, work: Work, who: Applicant) -> Response:
    """Begin an application."""
    form = await submitted(request, Wanted)
    if form.value is None:
        raise Problem("invalid-request", 422)
    draft = await commands.begin(work, who, form.value.programme, form.value.round_id)
    return RedirectResponse(f"/drafts/{draft.id}", 303)


@router.get("/drafts/{id}")
async def draft_page(id: UUID, request: Request, work: Work, who: Applicant) -> Response:
    """The form with what has been filled in; once it has been sent, the application."""
    draft = await _draft(work, id, who)
    if draft.sent_at is not None:
        return RedirectResponse(f"/applications/{id}", 303)
    return await draft_screen(request, work, who, Screen(draft, fields_of(draft.content)))


@router.post("/drafts/{id}")
async def save(id: UUID, request: Request, work: Work, who: Applicant) -> Response:
    """Keep what is filled in and right; what is wrong is shown and stays as it was."""
    draft = await _draft(work, id, who)
    form = await submitted(request, Filled, several=SEVERAL)
    saved = await _saved(work, draft, who, form)
    if isinstance(saved, Screen):
        return await draft_screen(request, work, who, saved)
    if form.errors:
        return await draft_screen(request, work, who, Screen(saved, form.sent, form.errors))
    return RedirectResponse(f"/drafts/{id}", 303)


@router.post("/drafts/{id}/submission")
async def send(id: UUID, request: Request, work: Work, who: Applicant) -> Response:
    """Keep what is filled in, and make an application of it."""
    draft = await _draft(work, id, who)
    form = await submitted(request, Filled, several=SEVERAL)
    saved = await _saved(work, draft, who, form)
    if isinstance(saved, Screen):
        return await draft_screen(request, work, who, saved)
    if form.value is None:
        return await draft_screen(request, work, who, Screen(saved, form.sent, form.errors))
    try:
        await commands.send(work, id, saved.version, who, form.value.late_code, even_if_refused=form.value.anyway)
    except (Refused, Problem) as refused:
        shown = _sending_again(refused, saved, form)
        if shown is None:
            raise
        return await draft_screen(request, work, who, shown)
    return RedirectResponse(f"/applications/{id}", 303)


@router.post("/drafts/{id}/link")
async def share(id: UUID, request: Request, work: Work, who: Applicant) -> Response:
    """Show a new link by which others of the municipality may join."""
    token = await commands.share(work, id, who)
    link = str(request.url_for("shared_draft_page").include_query_params(token=token))
    draft = await _draft(work, id, who)
    return await draft_screen(request, work, who, Screen(draft, fields_of(draft.content), link=link))


@router.post("/drafts/{id}/removal")
async def discard(id: UUID, request: Request, work: Work, who: Applicant) -> Response:
    """Forget the draft."""
    form = await submitted(request, Removal)
    if form.value is None:
        raise Problem("invalid-request", 422)
    await commands.discard(work, id, form.value.version, who)
    return RedirectResponse("/apply", 303)


@router.get("/shared-draft")
async def shared_draft_page(request: Request, work: Work, who: Applicant, token: str = "") -> Response:
    """What a link leads to: who asks one to write with them."""
    draft = await queries.draft_by_link(work, token)
    if draft is None:
        raise Problem("unknown-draft", 404)
    if draft.may_write(who.subject):
        return RedirectResponse(f"/drafts/{draft.id}", 303)
    owner = kernel_of(request).sign_in.name_of(draft.owner)
    return render_page(
        request,
        "shared_draft.html",
        draft=draft,
        owner=owner,
        token=token,
        names=await programme_names(work),
        may_join=draft.municipality in await one_with(work, who.municipality),
    )


@router.post("/shared-draft")
async def join(request: Request, work: Work, who: Applicant) -> Response:
    """Write with them from now on."""
    form = await submitted(request, Link)
    if form.value is None:
        raise Problem("unknown-draft", 404)
    draft = await commands.join(work, form.value.token, who)
    return RedirectResponse(f"/drafts/{draft.id}", 303)


async def _draft(work: Work, id: UUID, who: Identity) -> Draft:
    draft = await queries.draft_by_id(work, id, who.subject)
    if draft is None:
        raise Problem("unknown-draft", 404)
    return draft


async def _saved(work: Work, draft: Draft, who: Identity, form: Submission[Filled]) -> Draft | Screen:
    """The draft with what was right in the form, or, where somebody else was faster, the screen that says so.

    Whoever made the latest change has seen all before it, so an own change that is still under way is no conflict.
    """
    filled = form.value or valid_part(form, Filled)
    content = content_of(filled, draft.content, {name.partition(".")[0] for name in form.errors})
    seen = draft.version if draft.changed_by == who.subject else filled.version or 0
    try:
        return await commands.change(work, draft.id, seen, who, content)
    except Problem as problem:
        if problem.slug != "stale-version":
            raise
        return Screen(draft, form.sent, form.errors, overtaken=True)


def _sending_again(refused: Refused | Problem, draft: Draft, form: Submission[Filled]) -> Screen | None:
    if isinstance(refused, Refused) and refused.slug == "draft-incomplete":
        steps = refused.parameters["steps"]
        errors = {step.value: text for step, text in STILL_MISSING.items() if step.value in list(steps)}  # type: ignore[call-overload]
        return Screen(draft, form.sent, errors)
    if isinstance(refused, Refused) and refused.slug == "draft-against-rules":
        return Screen(draft, form.sent, would_be_refused=True)
    if refused.slug in _LATE:
        return Screen(draft, form.sent, {"late_code": _LATE[refused.slug]})
    if refused.slug == "daycare-ended":
        return Screen(draft, form.sent, {Step.DAYCARES: Text("A daycare that you had chosen is no more.")})
    return None
