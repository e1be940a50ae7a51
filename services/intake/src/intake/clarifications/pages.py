"""Questions about an application as a page."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated
from uuid import UUID

from fastapi import Request, Response
from starlette.responses import RedirectResponse

from intake.applications.queries import READERS, application_by_id, own_only
from intake.clarifications import commands, queries
from intake.clarifications.decisions import OPEN
from intake.clarifications.inputs import ClarificationIn, Reply
from intake.programmes.queries import programme_version
from intake.rounds.queries import zone_of
from shared.errors import Problem, Text, require_found
from shared.identity import Identity, Role
from shared.municipalities import municipalities
from shared.web.access import allow
from shared.web.forms import submitted
from shared.web.pages import render_page
from shared.web.routes import Work, page_router

router = page_router()

NOTHING: Mapping[str, Text] = MappingProxyType({})


@router.get("/applications/{id}/clarifications")
async def clarifications_page(
    id: UUID, request: Request, work: Work, who: Annotated[Identity, allow(*READERS)]
) -> Response:
    """What has been asked and answered about an application, with the form of whoever is to ask or answer next."""
    return await _page(id, request, work, who)


@router.post("/applications/{id}/clarifications")
async def ask(id: UUID, request: Request, work: Work, who: Annotated[Identity, allow(Role.CASEWORKER)]) -> Response:
    """Ask, and show what stands then."""
    form = await submitted(request, ClarificationIn)
    if form.value is None:
        return await _page(id, request, work, who, form.sent, form.errors)
    await commands.ask(work, id, who, form.value.question)
    return RedirectResponse(f"/applications/{id}/clarifications", 303)


@router.post("/applications/{id}/clarifications/{clarification_id}/answer")
async def give_answer(
    id: UUID,
    clarification_id: UUID,
    request: Request,
    work: Work,
    who: Annotated[Identity, allow(Role.APPLICANT)],
) -> Response:
    """Answer, and show what stands then."""
    form = await submitted(request, Reply)
    if form.value is None:
        if set(form.errors) != {"answer"}:
            raise Problem("invalid-request", 422)
        return await _page(id, request, work, who, form.sent, form.errors)
    await commands.give_answer(work, clarification_id, form.value.version, who, form.value.answer)
    return RedirectResponse(f"/applications/{id}/clarifications", 303)


async def _page(
    id: UUID,
    request: Request,
    work: Work,
    who: Identity,
    sent: Mapping[str, object] = MappingProxyType({}),
    errors: Mapping[str, Text] = NOTHING,
) -> Response:
    application = require_found(await application_by_id(work, id, own_only(who)), "application")
    found = await queries.clarifications(work, id)
    is_open = application.status in OPEN
    to_answer = next((each for each in found if each.answer is None), None)
    return render_page(
        request,
        "clarifications.html",
        status=422 if errors else 200,
        application=application,
        zone=await zone_of(work, application.round_id),
        programme=await programme_version(work, application.programme, application.programme_version),
        municipality=municipalities()[application.case.municipality],
        clarifications=found,
        may_ask=is_open and Role.CASEWORKER in who.roles,
        to_answer=to_answer if is_open and own_only(who) else None,
        sent=sent,
        errors=errors,
    )
