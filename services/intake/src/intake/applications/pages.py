"""Applications as pages."""

from typing import Annotated
from uuid import UUID

from fastapi import Request, Response
from pydantic import Field
from starlette.responses import RedirectResponse

from intake.applications import commands, queries
from intake.applications.model import Status
from intake.applications.texts import RULE, STATUS, sentence
from intake.programmes.queries import programme_names
from intake.programmes.texts import APPLICANT
from shared.errors import Problem
from shared.identity import Identity, Role
from shared.municipalities import municipalities
from shared.web.access import allow, identity_of, public
from shared.web.forms import submitted
from shared.web.inputs import Input
from shared.web.pages import render_page
from shared.web.routes import Work, page_router

router = page_router()

READERS = queries.STAFF | {Role.APPLICANT}
KINDS = {Status.SUBMITTED: "info", Status.REFUSED: "error", Status.ACCEPTED: "success"}


class Acceptance(Input):
    """The form behind the button; `version` is what the caseworker had before their eyes."""

    version: int = Field(ge=1)


@router.get("/", dependencies=[public])
async def front_page(request: Request, work: Work) -> Response:
    """The applications that somebody may see; for everybody else, the programmes."""
    who = identity_of(request)
    if who is None or not READERS & who.roles:
        return RedirectResponse("/programmes", 303)
    return render_page(
        request,
        "applications.html",
        applications=await queries.application_lines(work, queries.own_only(who)),
        programmes=await programme_names(work),
        municipalities=municipalities(),
        statuses=STATUS,
        kinds=KINDS,
    )


@router.get("/applications/{id}")
async def application_page(
    id: UUID, request: Request, work: Work, who: Annotated[Identity, allow(*READERS)]
) -> Response:
    """One application with what every rule says of it."""
    application = await queries.application_by_id(work, id, queries.own_only(who))
    if application is None:
        raise Problem("unknown-application", 404)
    return render_page(
        request,
        "application.html",
        application=application,
        programmes=await programme_names(work),
        municipality=municipalities()[application.case.municipality],
        verdicts=[(RULE[verdict.rule], verdict.passed, sentence(verdict)) for verdict in application.verdicts],
        applicant=APPLICANT[application.case.applicant_kind],
        standing=STATUS[application.status],
        kind=KINDS[application.status],
        may_accept=Role.CASEWORKER in who.roles and application.status is Status.SUBMITTED,
    )


@router.post("/applications/{id}/acceptance")
async def accept(id: UUID, request: Request, work: Work, who: Annotated[Identity, allow(Role.CASEWORKER)]) -> Response:
    """Accept, and show the application as it is then."""
    form = await submitted(request, Acceptance)
    if form.value is None:
        raise Problem("invalid-request", 422)
    await commands.accept_application(work, id, form.value.version, who.subject)
    return RedirectResponse(f"/applications/{id}", 303)
