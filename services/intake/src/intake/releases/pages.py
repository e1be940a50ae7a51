"""The desk of a round: what is prepared for its applications, and the button that tells it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated
from uuid import UUID

from fastapi import Request, Response
from starlette.responses import RedirectResponse

from intake.assessments.reading import reference
from intake.assessments.results import rounded
from intake.programmes.queries import programme_names
from intake.releases import commands, queries
from intake.releases.inputs import TAKE_BACK, DeskForm, ReleaseForm
from intake.releases.model import Outcome
from intake.releases.texts import CHOICES, KINDS, OUTCOME, STANDING, STATUS
from shared.errors import Problem, Refused, Stale, Text, require_found
from shared.identity import Identity, Role
from shared.municipalities import municipalities
from shared.web.access import allow
from shared.web.forms import refuse_untyped, submitted
from shared.web.kernel import kernel_of
from shared.web.pages import render_page
from shared.web.routes import Work, page_router

router = page_router()

Reader = Annotated[Identity, allow(*queries.STAFF)]
Caseworker = Annotated[Identity, allow(Role.CASEWORKER)]
_REFUSALS = {
    "preparation-without-reason": ("reason", Text("Say why. The applicant can read it.")),
    "application-not-open": ("outcome", Text("One of them cannot be told this: it waits already or is decided on.")),
}
SEVERAL = frozenset({"applications"})
PREPARED = frozenset({"applications", "outcome", "reason"})
"""What is filled in to prepare; a release beside it would throw it away."""
LOOK_AGAIN = Text("Somebody has changed it since you opened it. Look at it again.")


@router.get("/releases/{id}")
async def desk_page(id: UUID, request: Request, work: Work, who: Reader) -> Response:
    """The applications of the round `id` with what is prepared for them."""
    return await _desk_page(id, request, work, who)


@router.post("/releases/{id}/preparations")
async def prepare(id: UUID, request: Request, work: Work, who: Caseworker) -> Response:
    """Prepare one outcome for the chosen applications, or take back what was prepared for them."""
    form = await submitted(request, DeskForm, several=SEVERAL)
    if form.value is None:
        refuse_untyped(form, "version")
        return await _desk_page(id, request, work, who, form.sent, form.errors)
    sent = form.value
    try:
        chosen = sent.chosen
    except ValueError as strange:
        raise Problem("invalid-request", 422) from strange
    try:
        if sent.outcome == TAKE_BACK:
            await commands.take_back(work, id, sent.version, list(chosen))
        else:
            await commands.prepare(work, id, sent.version, who, chosen, Outcome(sent.outcome), sent.reason)
    except Refused as refused:
        if refused.slug == "stale-version":
            return await _desk_page(id, request, work, who, form.sent, {"applications": LOOK_AGAIN})
        if refused.slug not in _REFUSALS:
            raise
        field, sentence = _REFUSALS[refused.slug]
        return await _desk_page(id, request, work, who, form.sent, {field: sentence})
    return RedirectResponse(f"/releases/{id}", 303)


@router.post("/releases/{id}/release")
async def release(id: UUID, request: Request, work: Work, who: Caseworker) -> Response:
    """Tell what is prepared, and show what has been told."""
    form = await submitted(request, ReleaseForm, several=SEVERAL, elsewhere=PREPARED)
    if form.value is None:
        refuse_untyped(form, "version")
        return await _desk_page(id, request, work, who, form.sent, form.errors)
    try:
        await commands.release(work, id, form.value.version, who)
    except Stale:
        return await _desk_page(id, request, work, who, errors={"release": LOOK_AGAIN})
    return RedirectResponse(f"/releases/{id}", 303)


async def _desk_page(
    id: UUID,
    request: Request,
    work: Work,
    who: Identity,
    sent: Mapping[str, object] = MappingProxyType({}),
    errors: Mapping[str, Text] = MappingProxyType({}),
) -> Response:
    desk = require_found(await queries.desk(work, id, who), "round")
    return render_page(
        request,
        "release_desk.html",
        status=422 if errors else 200,
        desk=desk,
        name=(await programme_names(work))[desk.round.programme],
        municipalities=municipalities(),
        may_decide=Role.CASEWORKER in who.roles,
        name_of=kernel_of(request).sign_in.name_of,
        reference=reference,
        rounded=rounded,
        choices=CHOICES,
        kinds=KINDS,
        outcomes=OUTCOME,
        standings=STANDING,
        statuses=STATUS,
        sent=sent,
        errors=errors,
    )
