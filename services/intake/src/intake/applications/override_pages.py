"""The page on which a refused application is let in all the same."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated
from uuid import UUID

from fastapi import Request, Response
from pydantic import Field
from starlette.responses import RedirectResponse

from intake.applications import commands, queries
from intake.applications.model import ApplicationStatus, Verdict
from intake.applications.override_decisions import name_of
from intake.applications.texts import RULE, sentence
from intake.programmes.queries import programme_names
from shared.errors import Refused, Text, require_found
from shared.identity import Identity, Role
from shared.inputs.fields import Input, plain_text
from shared.municipalities import municipalities
from shared.web.access import allow
from shared.web.forms import refuse_untyped, submitted
from shared.web.pages import render_page
from shared.web.routes import Work, page_router

router = page_router()

MAY_OVERRIDE = frozenset({Role.CASEWORKER, Role.COORDINATOR})
Overrider = Annotated[Identity, allow(*MAY_OVERRIDE)]


class OverrideForm(Input):
    """Each verdict that is set aside, by its rule and daycare, and why; `version` is what was before one's eyes."""

    version: int = Field(ge=1)
    verdicts: tuple[str, ...] = ()
    reason: Annotated[str, plain_text(2_000, lines=True)]


@router.get("/applications/{id}/override")
async def override_page(id: UUID, request: Request, work: Work, who: Overrider) -> Response:
    """What turned the application away, and the form in which that is set aside."""
    return await _override_page(id, request, work)


@router.post("/applications/{id}/override")
async def override(id: UUID, request: Request, work: Work, who: Overrider) -> Response:
    """Let the application in, and show it as it is then."""
    form = await submitted(request, OverrideForm, several=frozenset({"verdicts"}))
    if form.value is None:
        refuse_untyped(form, "version")
        return await _override_page(id, request, work, form.sent, form.errors)
    application = await queries.application_by_id(work, id)
    failed = {_key(verdict): name_of(verdict) for verdict in application.failed} if application else {}
    named = [failed.get(key, (key, None)) for key in form.value.verdicts]
    try:
        await commands.override_refusal(work, id, form.value.version, who, named, form.value.reason)
    except Refused as refused:
        if refused.slug != "verdicts-left":
            raise
        errors = {"verdicts": Text("Every rule that is not met must be set aside, or the application stays refused.")}
        return await _override_page(id, request, work, form.sent, errors)
    return RedirectResponse(f"/applications/{id}", 303)


async def _override_page(
    id: UUID,
    request: Request,
    work: Work,
    sent: Mapping[str, object] = MappingProxyType({}),
    errors: Mapping[str, Text] = MappingProxyType({}),
) -> Response:
    application = require_found(await queries.application_by_id(work, id), "application")
    if application.status is not ApplicationStatus.REFUSED:
        raise Refused("application-not-refused")
    return render_page(
        request,
        "override.html",
        status=422 if errors else 200,
        application=application,
        name=(await programme_names(work))[application.programme],
        municipality=municipalities()[application.case.municipality],
        verdicts=[(_key(verdict), RULE[verdict.rule], sentence(verdict)) for verdict in application.failed],
        sent=sent,
        errors=errors,
    )


def _key(verdict: Verdict) -> str:
    """By what the form names a verdict."""
    return verdict.rule if verdict.daycare_id is None else f"{verdict.rule}/{verdict.daycare_id}"
