"""Substituting a daycare as a page."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Request, Response
from pydantic import Field
from starlette.responses import RedirectResponse

from intake.applications.model import Application, ApplicationStatus
from intake.applications.queries import STAFF, application_by_id, own_only
from intake.organisations.model import Daycare
from intake.organisations.queries import daycares, daycares_by_id
from intake.programmes.queries import programme_names
from intake.rounds.queries import zone_of
from intake.substitutions import commands, queries
from shared.errors import Refused, Text, require_found
from shared.identity import Identity, Role
from shared.inputs.fields import Input, plain_text
from shared.municipalities import municipalities
from shared.web.access import allow
from shared.web.forms import Submission, refuse_untyped, submitted
from shared.web.pages import render_page
from shared.web.routes import Work, page_router

router = page_router()

REFUSALS = {
    "substituted-already": ("left", Text("One daycare has been substituted already, and this one is still there.")),
    "daycare-not-in-application": ("left", Text("This daycare takes no part in the application.")),
    "daycare-in-application": ("joined", Text("This daycare takes part in the application already.")),
    "daycare-ended": ("joined", Text("This daycare is no more.")),
}
"""By what is refused: the field that it is about, and why."""


class SubstitutionForm(Input):
    """Who leaves, who joins and why; `version` is that of the application that was before somebody's eyes."""

    left: UUID
    joined: UUID
    reason: Annotated[str, plain_text(2_000, lines=True)]
    version: int = Field(ge=1)


@router.get("/applications/{id}/substitution")
async def substitution_page(
    id: UUID, request: Request, work: Work, who: Annotated[Identity, allow(Role.APPLICANT, *STAFF)]
) -> Response:
    """Which daycares have taken the place of others, and for caseworkers the form in which another does."""
    return await _page(id, request, work, who, Submission(None))


@router.post("/applications/{id}/substitution")
async def substitute(
    id: UUID, request: Request, work: Work, who: Annotated[Identity, allow(Role.CASEWORKER)]
) -> Response:
    """Let a daycare take the place of another, and show it."""
    form = await submitted(request, SubstitutionForm)
    if form.value is None:
        refuse_untyped(form, "version")
        return await _page(id, request, work, who, form)
    sent = form.value
    try:
        await commands.substitute_daycare(work, id, sent.version, who, sent.left, sent.joined, sent.reason)
    except Refused as refused:
        return await _page(id, request, work, who, _told(form, refused))
    return RedirectResponse(f"/applications/{id}/substitution", 303)


def _told(form: Submission[Any], refused: Refused) -> Submission[Any]:
    """What was refused, at the field that it is about; raises again what is about none."""
    if refused.slug == "newcomer-refused":
        refusals: Any = refused.parameters["refusals"]
        return Submission(None, form.sent, {"joined": refusals[0]["texts"]})
    if refused.slug not in REFUSALS:
        raise refused
    field, sentence = REFUSALS[refused.slug]
    return Submission(None, form.sent, {field: sentence})


async def _page(id: UUID, request: Request, work: Work, who: Identity, form: Submission[Any]) -> Response:
    application = require_found(await application_by_id(work, id, own_only(who)), "application")
    made = await queries.substitutions(work, id)
    named = {each.id: each for each in await daycares(work, [application.case.municipality])}
    named |= await daycares_by_id(work, [each for one in made for each in (one.left_id, one.joined_id)])
    may_substitute = Role.CASEWORKER in who.roles and application.status in (
        ApplicationStatus.ACCEPTED,
        ApplicationStatus.AGREED,
    )
    return render_page(
        request,
        "substitution.html",
        status=422 if form.errors else 200,
        application=application,
        zone=await zone_of(work, application.round_id),
        name=(await programme_names(work))[application.programme],
        municipality=municipalities()[application.case.municipality],
        made=made,
        named=named,
        over=[(each, _successor(each, application, named)) for each in application.case.daycares if each.end],
        others=[each for each in named.values() if each.end is None and each not in application.case.daycares],
        may_substitute=may_substitute,
        sent=form.sent or _proposed(application, named),
        errors=form.errors,
    )


def _proposed(application: Application, named: dict[UUID, Daycare]) -> dict[str, str]:
    """The successor of the first daycare that is no more, in its place."""
    for each in application.case.daycares:
        if each.end:
            successor = _successor(each, application, named)
            return {"left": str(each.id)} | ({"joined": str(successor.id)} if successor else {})
    return {}


def _successor(over: Daycare, application: Application, named: dict[UUID, Daycare]) -> Daycare | None:
    """The first daycare that follows one that is no more, is there itself and takes no part yet."""
    followers = [named[id] for id in (over.end.successors if over.end else ()) if id in named]
    return next((each for each in followers if each.end is None and each not in application.case.daycares), None)
