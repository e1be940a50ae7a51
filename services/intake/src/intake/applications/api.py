"""Applications as JSON."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response
from uuid_utils.compat import uuid7

from intake.applications import commands, queries
from intake.applications.inputs import AcceptanceIn, ApplicationIn, OverrideIn, ReasonIn
from intake.applications.model import Application, ApplicationStatus
from intake.applications.outputs import ApplicationLineOut, ApplicationOut, application_out
from intake.applications.search import Sought, find_applications, search_of
from intake.applications.texts import sentence
from shared.errors import Problem, require_found
from shared.identity import Identity, Role
from shared.web.access import allow
from shared.web.guessing import guessing
from shared.web.paging import tell_page
from shared.web.preconditions import Seen, etag
from shared.web.problems import respond
from shared.web.routes import Work, api_router

router = api_router(tags=["applications"])

READERS = allow(Role.APPLICANT, *queries.STAFF)


@router.post("/applications", status_code=201, response_model=ApplicationOut)
async def submit_application(
    body: ApplicationIn,
    request: Request,
    response: Response,
    work: Work,
    who: Annotated[Identity, allow(Role.APPLICANT)],
) -> ApplicationOut | Response:
    """Apply. The answer carries a verdict per rule and daycare; one that turns the application away makes it a 422."""
    with guessing(request, body.late_code, wrong="unknown-late-code"):
        application = await commands.submit_application(
            work,
            uuid7(),
            who,
            body.wish(),
            programme=body.programme,
            round_id=body.round_id,
            municipality=body.municipality,
            late_code=body.late_code,
        )
    if application.status is ApplicationStatus.REFUSED:
        return _refusal(request, application)
    response.headers["Location"] = f"/api/v1/applications/{application.case.id}"
    response.headers["ETag"] = etag(application.version)
    return application_out(request, application)


@router.get("/applications")
async def list_applications(
    sought: Annotated[Sought, Query()],
    request: Request,
    response: Response,
    work: Work,
    who: Annotated[Identity, READERS],
) -> list[ApplicationLineOut]:
    """The applications that fit, 50 to a page, the newest first; an applicant sees their own.

    `Link` leads to the next page, where there is one; `X-Total-Count` says how many there are altogether.
    """
    found = await find_applications(work, await search_of(work, sought, queries.own_only(who)), sought.page)
    tell_page(request, response, found)
    return [ApplicationLineOut.model_validate(line, from_attributes=True) for line in found.lines]


@router.get("/applications/{id}")
async def show_application(
    id: UUID, request: Request, response: Response, work: Work, who: Annotated[Identity, READERS]
) -> ApplicationOut:
    """One application with its verdicts; its `ETag` is what a decision must match."""
    application = require_found(await queries.application_by_id(work, id, queries.own_only(who)), "application")
    response.headers["ETag"] = etag(application.version)
    return application_out(request, application)


@router.post("/applications/{id}/acceptance")
async def accept(
    id: UUID,
    seen: Seen,
    request: Request,
    response: Response,
    work: Work,
    who: Annotated[Identity, allow(Role.CASEWORKER)],
    body: AcceptanceIn | None = None,
) -> ApplicationOut:
    """Say yes to the application as it stood at the version in `If-Match`; from the waiting list, with a reason."""
    reason = None if body is None else body.reason
    return _settled(request, response, await commands.accept_application(work, id, seen, who.subject, reason))


@router.post("/applications/{id}/declination")
async def decline(
    id: UUID,
    body: ReasonIn,
    seen: Seen,
    request: Request,
    response: Response,
    work: Work,
    who: Annotated[Identity, allow(Role.CASEWORKER)],
) -> ApplicationOut:
    """Say no to the application as it stood at the version in `If-Match`."""
    return _settled(request, response, await commands.decline_application(work, id, seen, who.subject, body.reason))


@router.post("/applications/{id}/waiting")
async def put_on_waiting_list(
    id: UUID,
    body: ReasonIn,
    seen: Seen,
    request: Request,
    response: Response,
    work: Work,
    who: Annotated[Identity, allow(Role.CASEWORKER)],
) -> ApplicationOut:
    """Put the application, as it stood at the version in `If-Match`, on the waiting list."""
    return _settled(request, response, await commands.waitlist_application(work, id, seen, who.subject, body.reason))


@router.post("/applications/{id}/override")
async def override(
    id: UUID,
    body: OverrideIn,
    seen: Seen,
    request: Request,
    response: Response,
    work: Work,
    who: Annotated[Identity, allow(Role.CASEWORKER, Role.COORDINATOR)],
) -> ApplicationOut:
    """Let in what rules have turned away, as it stood at the version in `If-Match`; each of them is named."""
    named = [(each.rule, each.daycare_id) for each in body.verdicts]
    return _settled(request, response, await commands.override_refusal(work, id, seen, who, named, body.reason))


@router.post("/applications/{id}/withdrawal")
async def withdraw(
    id: UUID,
    seen: Seen,
    request: Request,
    response: Response,
    work: Work,
    who: Annotated[Identity, allow(Role.APPLICANT)],
) -> ApplicationOut:
    """Take back one's own application, as it stood at the version in `If-Match`, before it is decided on."""
    return _settled(request, response, await commands.withdraw_application(work, id, seen, who))


def _settled(request: Request, response: Response, application: Application) -> ApplicationOut:
    response.headers["ETag"] = etag(application.version)
    return application_out(request, application)


def _refusal(request: Request, application: Application) -> Response:
    """The refusal as a problem; returned, not raised, because the refused application is kept with its reasons."""
    refusals = [
        {"rule": verdict.rule, "daycare_id": verdict.daycare_id, "texts": sentence(verdict)}
        for verdict in application.failed
    ]
    return respond(request, Problem("application-refused", 422, application_id=application.case.id, refusals=refusals))
