"""Applications as pages."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any
from uuid import UUID

from fastapi import Request, Response
from pydantic import Field
from starlette.responses import RedirectResponse

from intake.applications import commands, queries
from intake.applications.model import ApplicationStatus
from intake.applications.texts import KINDS, NEXT_STEP, RULE, STATUS, TRIGGER, sentence
from intake.attachments.queries import attachments
from intake.municipalities.model import history
from intake.municipalities.queries import mergers
from intake.programmes.queries import programme_names, programme_version
from intake.programmes.texts import APPLICANT
from intake.rounds.queries import zone_of
from shared.errors import Problem, Refused, Text, require_found
from shared.identity import Identity, Role
from shared.inputs.fields import Input, plain_text
from shared.mail.standing import mail_is_held_up
from shared.municipalities import municipalities
from shared.web.access import allow
from shared.web.charts import column_chart
from shared.web.forms import Submission, pressed, submitted
from shared.web.kernel import kernel_of
from shared.web.pages import render_page
from shared.web.returning import was_done
from shared.web.routes import Work, page_router

router = page_router()

Reason = Annotated[str, plain_text(2_000, lines=True)]
Caseworker = Annotated[Identity, allow(Role.CASEWORKER)]


REASONS = frozenset({"acceptance_reason", "declination_reason", "waiting_reason"})
"""The fields of the form in which an application is decided on; each button reads its own."""


class Acceptance(Input):
    """The form behind the button; `version` is what was before somebody's eyes."""

    version: int = Field(ge=1)
    acceptance_reason: Reason | None = None


class Declination(Input):
    """Why not, as the applicant will read it."""

    version: int = Field(ge=1)
    declination_reason: Reason


class Waiting(Input):
    """Why not yet, as the applicant will read it."""

    version: int = Field(ge=1)
    waiting_reason: Reason


class Withdrawal(Input):
    """The form behind the button; `version` is what the applicant had before their eyes."""

    version: int = Field(ge=1)


@router.get("/applications/{id}")
async def application_page(
    id: UUID, request: Request, work: Work, who: Annotated[Identity, allow(*queries.READERS)]
) -> Response:
    """One application with what every rule says of it, what happens next, and what may be done."""
    return await _application_page(id, request, work, who)


@router.post("/applications/{id}/acceptance")
async def accept(id: UUID, request: Request, work: Work, who: Caseworker) -> Response:
    """Accept, and show the application as it is then."""
    form = await submitted(request, Acceptance, elsewhere=REASONS - {"acceptance_reason"})
    if form.value is None:
        return await _again(id, request, work, who, form)
    sent = form.value
    try:
        await commands.accept_application(work, id, sent.version, who.subject, sent.acceptance_reason)
    except Refused as refused:
        if refused.slug != "reason-missing":
            raise
        errors = {"acceptance_reason": Text("Say why this one moves up past others.")}
        return await _application_page(id, request, work, who, form.sent, errors)
    return RedirectResponse(f"/applications/{id}", 303)


@router.post("/applications/{id}/declination")
async def decline(id: UUID, request: Request, work: Work, who: Caseworker) -> Response:
    """Decline, and show the application as it is then."""
    form = await submitted(request, Declination, elsewhere=REASONS - {"declination_reason"})
    if form.value is None:
        return await _again(id, request, work, who, form)
    await commands.decline_application(work, id, form.value.version, who.subject, form.value.declination_reason)
    return RedirectResponse(f"/applications/{id}", 303)


@router.post("/applications/{id}/waiting")
async def put_on_waiting_list(id: UUID, request: Request, work: Work, who: Caseworker) -> Response:
    """Put on the waiting list, and show the application as it is then."""
    form = await submitted(request, Waiting, elsewhere=REASONS - {"waiting_reason"})
    if form.value is None:
        return await _again(id, request, work, who, form)
    await commands.waitlist_application(work, id, form.value.version, who.subject, form.value.waiting_reason)
    return RedirectResponse(f"/applications/{id}", 303)


@router.post("/applications/{id}/withdrawal")
async def withdraw(id: UUID, request: Request, work: Work, who: Annotated[Identity, allow(Role.APPLICANT)]) -> Response:
    """Take the application back, and show it as it is then."""
    sent = await pressed(request, Withdrawal)
    await commands.withdraw_application(work, id, sent.version, who)
    return RedirectResponse(f"/applications/{id}", 303)


async def _again(id: UUID, request: Request, work: Work, who: Identity, form: Submission[Any]) -> Response:
    """The page with what is wrong. Raises `invalid-request` where that is nothing that somebody could have typed."""
    if any(not name.endswith("_reason") for name in form.errors):
        raise Problem("invalid-request", 422)
    return await _application_page(id, request, work, who, form.sent, form.errors)


async def _application_page(
    id: UUID,
    request: Request,
    work: Work,
    who: Identity,
    sent: Mapping[str, object] = MappingProxyType({}),
    errors: Mapping[str, Text] = MappingProxyType({}),
) -> Response:
    application = require_found(await queries.application_by_id(work, id, queries.own_only(who)), "application")
    undecided = application.status in (ApplicationStatus.SUBMITTED, ApplicationStatus.WAITLISTED)
    is_accepted = application.status is ApplicationStatus.ACCEPTED
    sees_capacity = undecided and bool(queries.STAFF & who.roles)
    capacity = await queries.cost_of_accepting(work, application) if sees_capacity else None
    months = [(each.month, each.cost) for each in capacity.months] if capacity else []
    programme = await programme_version(work, application.programme, application.programme_version)
    was_sent = was_done(request, "sent") and application.case.contact is not None
    return render_page(
        request,
        "application.html",
        status=422 if errors else 200,
        was_sent=was_sent,
        mail_is_held_up=was_sent and await mail_is_held_up(work),
        application=application,
        zone=await zone_of(work, application.round_id),
        programmes=await programme_names(work),
        municipality=municipalities()[application.case.municipality],
        municipalities=municipalities(),
        mergers=history(await mergers(work), application.applied_as) if application.applied_as else (),
        verdicts=[(RULE[each.rule], each.passed, sentence(each), each.overridden) for each in application.verdicts],
        name_of=kernel_of(request).sign_in.name_of if queries.STAFF & who.roles else None,
        may_override=application.status is ApplicationStatus.REFUSED
        and bool({Role.CASEWORKER, Role.COORDINATOR} & who.roles),
        applicants=APPLICANT,
        standing=STATUS[application.status],
        next_step=NEXT_STEP[application.status],
        kind=KINDS[application.status],
        selection={each.daycare_id: each for each in application.case.wish.selection},
        triggers=TRIGGER,
        attachments=await attachments(work, id),
        sees_capacity=sees_capacity,
        capacity=capacity,
        chart=column_chart([(month.first, (month.taken, cost), month.available) for month, cost in months]),
        may_decide=Role.CASEWORKER in who.roles and undecided,
        may_withdraw=who.subject == application.case.applicant and (undecided or is_accepted),
        is_accepted=is_accepted,
        has_agreement=is_accepted or application.status is ApplicationStatus.AGREED,
        may_have_questions=application.status is not ApplicationStatus.REFUSED,
        assessed=queries.own_only(who) is None and bool(programme.criteria),
        waits=application.status is ApplicationStatus.WAITLISTED,
        sent=sent,
        errors=errors,
    )
