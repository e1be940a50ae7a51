"""Drafts as pages: where one begins, writes alone or together, and sends."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import Request, Response
from starlette.responses import RedirectResponse

from intake.drafts import commands, queries
from intake.drafts.inputs import SEVERAL, Filled, Removal, fields_of, said_by
from intake.drafts.model import Draft, Step
from intake.drafts.screen import Screen, draft_screen, gone_screen, heard, sent_screen, unheard
from intake.drafts.texts import STILL_MISSING
from intake.municipalities.queries import mergers, one_with
from intake.municipalities.texts import merged_into
from intake.programmes.queries import programme_names
from intake.rounds.queries import rounds
from shared.errors import NotFound, Problem, Refused, Text, require_found
from shared.identity import Identity, Role
from shared.inputs.fields import Input, Slug
from shared.web.access import allow
from shared.web.forms import Submission, pressed, submitted
from shared.web.guessing import guessing
from shared.web.kernel import WebKernel, kernel_of
from shared.web.media_types import is_live
from shared.web.pages import render_page
from shared.web.returning import form_on
from shared.web.routes import Work, page_router

router = page_router()

Applicant = Annotated[Identity, allow(Role.APPLICANT)]
_LATE = {
    "unknown-late-code": Text("Look whether the code is written as you were given it."),
    "late-code-of-another": Text("The code is for another round or another municipality."),
    "late-code-used": Text("The code has been used already."),
}


class BeginForm(Input):
    """What somebody begins to apply for."""

    programme: Slug
    round_id: UUID | None = None


class Link(Input):
    """The secret part of a link to a draft."""

    token: str


@router.get("/apply")
async def apply_page(request: Request, work: Work, who: Applicant) -> Response:
    """What can be applied for today, and what one has begun."""
    begun = await queries.drafts(work, who.subject)
    return render_page(
        request,
        "apply.html",
        drafts=begun,
        taking_part=await queries.taking_part(work, begun),
        openings=await queries.openings(work),
        names=await programme_names(work),
        zones={each.id: each.zone for each in await rounds(work)},
        merged=merged_into(await mergers(work), who.municipality),
    )


@router.post("/drafts", dependencies=[form_on("/apply")])
async def begin(request: Request, work: Work, who: Applicant) -> Response:
    """Begin an application."""
    sent = await pressed(request, BeginForm)
    draft = await commands.begin(work, who, sent.programme, sent.round_id)
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
    """Keep what is filled in and right; what is wrong, or was changed elsewhere too, is shown and stays as it was."""
    form = await submitted(request, Filled, several=SEVERAL)
    screen = await _heard(request, work, id, who, form)
    if isinstance(screen, Response):
        return screen
    if screen.is_whole and not is_live(request):
        return RedirectResponse(f"/drafts/{id}", 303)
    return await draft_screen(request, work, who, screen)


@router.post("/drafts/{id}/submission")
async def send(id: UUID, request: Request, work: Work, who: Applicant) -> Response:
    """Keep what is filled in, and make an application of it."""
    form = await submitted(request, Filled, several=SEVERAL)
    screen = await _heard(request, work, id, who, form)
    if isinstance(screen, Response):
        return screen
    if form.value is None or not screen.is_whole:
        return await draft_screen(request, work, who, screen)
    try:
        with guessing(request, form.value.late_code, wrong="unknown-late-code"):
            await commands.send(
                work, id, screen.draft.version, who, form.value.late_code, even_if_refused=form.value.anyway
            )
    except Refused as refused:
        return await draft_screen(request, work, who, _sending_again(refused, screen, kernel_of(request)))
    return RedirectResponse(f"/applications/{id}?sent=1", 303)


@router.post("/drafts/{id}/link")
async def share(id: UUID, request: Request, work: Work, who: Applicant) -> Response:
    """Show a new link by which others of the municipality may join."""
    token = await commands.share(work, id, who)
    link = str(request.url_for("shared_draft_page").include_query_params(token=token))
    draft = await _draft(work, id, who)
    return await draft_screen(request, work, who, Screen(draft, fields_of(draft.content), link=link))


@router.post("/drafts/{id}/removal")
async def discard(id: UUID, request: Request, work: Work, who: Applicant) -> Response:
    """Forget the draft, unless something stands in it that its writer has not seen."""
    form = await submitted(request, Removal)
    try:
        said = None if form.value is None else form.value.said()
    except ValueError:
        said = None
    if said is None:
        raise Problem("invalid-request", 422)
    if not await commands.discard_seen(work, id, who, said):
        draft = await _draft(work, id, who)
        screen = Screen(draft, fields_of(draft.content), was_to_be_removed=True)
        return await draft_screen(request, work, who, screen)
    return RedirectResponse("/apply", 303)


@router.get("/shared-draft")
async def shared_draft_page(request: Request, work: Work, who: Applicant, token: str = "") -> Response:
    """What a link leads to: who asks one to write with them."""
    with guessing(request, token):
        draft = require_found(await queries.draft_by_link(work, token), "draft")
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
        raise NotFound("draft")
    with guessing(request, form.value.token):
        draft = await commands.join(work, form.value.token, who)
    return RedirectResponse(f"/drafts/{draft.id}", 303)


async def _draft(work: Work, id: UUID, who: Identity) -> Draft:
    return require_found(await queries.draft_by_id(work, id, who.subject), "draft")


async def _heard(request: Request, work: Work, id: UUID, who: Identity, form: Submission[Filled]) -> Screen | Response:
    """The screen after what was right in the form has been kept, or the page that says that the draft was sent or
    thrown away meanwhile."""
    draft = await queries.draft_by_id(work, id, who.subject)
    if draft is None:
        return await gone_screen(request, work, who, form)
    if draft.sent_at is not None:
        return await sent_screen(request, work, draft, form)
    if form.is_unsent:
        return unheard(form, draft)
    try:
        kept, merged = await commands.write(work, draft.id, who, said_by(form))
    except Refused as refused:
        if refused.slug != "draft-sent":
            raise
        return await sent_screen(request, work, await _draft(work, draft.id, who), form)
    return heard(form, kept, merged, stays=is_live(request))


def _sending_again(refused: Refused, screen: Screen, kernel: WebKernel) -> Screen:
    """The screen with the reason for which the draft was kept and not sent."""
    if refused.slug == "draft-incomplete":
        steps = refused.parameters["steps"]
        errors = {step.value: text for step, text in STILL_MISSING.items() if step.value in list(steps)}  # type: ignore[call-overload]
        return replace(screen, errors=errors)
    if refused.slug == "draft-against-rules":
        return replace(screen, would_be_refused=True)
    if refused.slug in _LATE:
        return replace(screen, errors={"late_code": _LATE[refused.slug]})
    if refused.slug == "daycare-ended":
        return replace(screen, errors={Step.DAYCARES: Text("A daycare that you had chosen is no more.")})
    return replace(screen, errors={"": kernel.kinds.said_of(refused)})
