"""Applications as JSON."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response
from pydantic import BaseModel, Field
from uuid_utils.compat import uuid7

from intake.applications import commands, queries
from intake.applications.model import Application, Language, Status, Trigger, Verdict
from intake.applications.search import Sought, find_applications, wish_of
from intake.applications.texts import sentence
from intake.programmes.rules import ApplicantKind
from shared.contracts.intake import Skill
from shared.errors import Problem
from shared.identity import Identity, Role
from shared.web.access import allow
from shared.web.inputs import EmailAddress, Input, PlainText, Prose, Slug, plain_text
from shared.web.kernel import kernel_of
from shared.web.paging import tell_page
from shared.web.preconditions import Seen, etag
from shared.web.problems import respond
from shared.web.routes import Work, api_router

router = api_router(tags=["applications"])

READERS = allow(Role.APPLICANT, *queries.STAFF)


class ContactIn(Input):
    name: PlainText
    email: EmailAddress


class SelectionIn(Input):
    daycare_id: UUID
    vulnerable_share: int | None = Field(
        default=None, strict=True, ge=0, le=100, description="percent of the families that are in vulnerable positions"
    )
    trigger: Trigger | None = None
    inspections: Prose | None = None


class ApplicationIn(Input):
    programme: Slug
    round_id: UUID | None = None
    municipality: str = Field(description="four digits")
    applicant_kind: ApplicantKind
    daycares: tuple[UUID, ...] = Field(min_length=1, max_length=50)
    themes: frozenset[Skill] = frozenset()
    hours: int | None = Field(default=None, strict=True, ge=1, le=10_000)
    motivation: Annotated[str, plain_text(10_000, lines=True)]
    enquiry_id: UUID | None = Field(default=None, description="the applicant's own question that it grew out of")
    contact: ContactIn | None = Field(default=None, description="to whom the office writes")
    selection: tuple[SelectionIn, ...] = Field(
        default=(), max_length=50, description="on what data the daycares were chosen; at most once of each"
    )
    late_code: Annotated[str, plain_text(40)] | None = Field(
        default=None, description="lets an application in once after the deadline of its round"
    )


class ContactOut(BaseModel):
    name: str
    email: str
    language: Language


class SelectionOut(BaseModel):
    daycare_id: UUID
    vulnerable_share: int | None
    trigger: Trigger | None
    inspections: str | None


class ReasonIn(Input):
    reason: Annotated[str, plain_text(2_000, lines=True)]


class NamedVerdict(Input):
    rule: Slug
    daycare_id: UUID | None = None


class OverrideIn(ReasonIn):
    verdicts: tuple[NamedVerdict, ...] = Field(min_length=1, max_length=200)


class AcceptanceIn(Input):
    reason: Annotated[str, plain_text(2_000, lines=True)] | None = None


class OverrideOut(BaseModel):
    reason: str
    given_at: datetime


class VerdictOut(BaseModel):
    rule: str
    passed: bool
    daycare_id: UUID | None
    facts: dict[str, str | int]
    texts: dict[str, str]
    overridden: OverrideOut | None = Field(description="why it was set aside all the same")


class ApplicationOut(BaseModel):
    id: UUID
    version: int
    status: Status
    programme: str
    programme_version: int
    round_id: UUID | None
    municipality: str
    applied_as: str | None = Field(
        description="the municipality it was submitted under, where that has become part of another since"
    )
    applicant_kind: ApplicantKind
    daycares: list[UUID]
    themes: list[Skill]
    hours: int | None
    motivation: str
    verdicts: list[VerdictOut]
    submitted_at: datetime
    decided_at: datetime | None
    reason: str | None
    enquiry_id: UUID | None
    contact: ContactOut | None
    selection: list[SelectionOut]


class ApplicationLineOut(BaseModel):
    id: UUID
    programme: str
    municipality: str
    status: Status
    daycares: int
    submitted_at: datetime


@router.post("/applications", status_code=201, response_model=ApplicationOut)
async def submit_application(
    body: ApplicationIn,
    request: Request,
    response: Response,
    work: Work,
    who: Annotated[Identity, allow(Role.APPLICANT)],
) -> ApplicationOut | Response:
    """Apply. The answer carries a verdict per rule and daycare; one that turns the application away makes it a 422."""
    application = await commands.submit_application(work, uuid7(), who, body)
    if application.status is Status.REFUSED:
        return _refusal(request, application)
    response.headers["Location"] = f"/api/v1/applications/{application.case.id}"
    response.headers["ETag"] = etag(application.version)
    return _out(request, application)


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
    found = await find_applications(work, await wish_of(work, sought, queries.own_only(who)), sought.page)
    tell_page(request, response, found)
    return [ApplicationLineOut.model_validate(line, from_attributes=True) for line in found.lines]


@router.get("/applications/{id}")
async def show_application(
    id: UUID, request: Request, response: Response, work: Work, who: Annotated[Identity, READERS]
) -> ApplicationOut:
    """One application with its verdicts; its `ETag` is what a decision must match."""
    application = await queries.application_by_id(work, id, queries.own_only(who))
    if application is None:
        raise Problem("unknown-application", 404)
    response.headers["ETag"] = etag(application.version)
    return _out(request, application)


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
    return _out(request, application)


def _out(request: Request, application: Application) -> ApplicationOut:
    case = application.case
    return ApplicationOut(
        id=case.id,
        version=application.version,
        status=application.status,
        programme=application.programme,
        programme_version=application.programme_version,
        round_id=application.round_id,
        municipality=case.municipality,
        applied_as=application.applied_as,
        applicant_kind=case.applicant_kind,
        daycares=[daycare.id for daycare in case.daycares],
        themes=list(case.themes),
        hours=case.hours,
        motivation=case.motivation,
        verdicts=[_verdict_out(request, verdict) for verdict in application.verdicts],
        submitted_at=application.submitted_at,
        decided_at=application.decided_at,
        reason=application.reason,
        enquiry_id=case.enquiry_id,
        contact=ContactOut.model_validate(case.contact, from_attributes=True) if case.contact else None,
        selection=[SelectionOut.model_validate(each, from_attributes=True) for each in case.selection],
    )


def _verdict_out(request: Request, verdict: Verdict) -> VerdictOut:
    return VerdictOut(
        rule=verdict.rule,
        passed=verdict.passed,
        daycare_id=verdict.daycare_id,
        facts=dict(verdict.facts),
        texts={**kernel_of(request).catalogue.in_every_language(sentence(verdict))},
        overridden=None
        if verdict.overridden is None
        else OverrideOut(reason=verdict.overridden.reason, given_at=verdict.overridden.given_at),
    )


def _refusal(request: Request, application: Application) -> Response:
    """The refusal as a problem; returned, not raised, because the refused application is kept with its reasons."""
    refusals = [
        {"rule": verdict.rule, "daycare_id": verdict.daycare_id, "texts": sentence(verdict)}
        for verdict in application.failed
    ]
    return respond(request, Problem("application-refused", 422, application_id=application.case.id, refusals=refusals))
