"""What the links in e-mails lead to: confirming a registration, answering an offer, cancelling."""

from datetime import timedelta
from uuid import UUID

from fastapi import Request, Response
from starlette.responses import RedirectResponse

from intake.confirmations.model import ConfirmationKind, Pending
from intake.confirmations.queries import pending_by_token
from intake.gatherings.queries import cohort_by_id
from intake.gatherings.texts import days_of, hours_there
from intake.registrations import commands, confirmation_commands, queries
from intake.registrations.confirmation_commands import party_of
from intake.registrations.forms import sentence_on
from intake.registrations.inputs import OfferAcceptanceIn, RegistrationIn
from intake.registrations.model import GONE, RegistrationStatus
from intake.registrations.texts import STATUS
from shared.errors import NotFound, Refused, require_found
from shared.web.access import public
from shared.web.forms import Submission, submitted
from shared.web.pages import render_page
from shared.web.routes import Work, page_router

router = page_router()


@router.get("/registrations/{token}", dependencies=[public])
async def registration_page(token: str, request: Request, work: Work) -> Response:
    """The registration that a link leads to, or what waits to be confirmed. Looking changes nothing: programs follow
    links before people do."""
    pending = await pending_by_token(work, ConfirmationKind.REGISTRATION, token)
    if pending is not None:
        return await _unconfirmed_page(token, request, work, pending)
    return await _registration_page(token, request, work, Submission(None))


@router.post("/registrations/{token}/confirmation", dependencies=[public])
async def confirm(token: str, work: Work) -> Response:
    """Say that a registration is meant so, and show what has become of it."""
    await confirmation_commands.confirm(work, token)
    return RedirectResponse(f"/registrations/{token}", 303)


@router.post("/registrations/{token}/withdrawal", dependencies=[public])
async def withdraw(token: str, work: Work) -> Response:
    """Say that a registration was never meant; what was written is deleted."""
    return RedirectResponse(f"/gatherings/{await confirmation_commands.withdraw(work, token)}?deleted=1", 303)


@router.post("/registrations/{token}/acceptance", dependencies=[public])
async def accept(token: str, request: Request, work: Work) -> Response:
    """Say yes to an offer, and show the registration that it has become."""
    form = await submitted(request, OfferAcceptanceIn)
    if form.value is None:
        return await _registration_page(token, request, work, form)
    try:
        await commands.accept(work, token, form.value)
    except Refused as refused:
        if not refused.slug.endswith(("group", "group-missing", "group-full")):
            raise
        errors = {"group": sentence_on(request, refused, {})}
        return await _registration_page(token, request, work, Submission(None, form.sent, errors))
    return RedirectResponse(f"/registrations/{token}", 303)


@router.post("/registrations/{token}/cancellation", dependencies=[public])
async def cancel(token: str, request: Request, work: Work) -> Response:
    """Cancel, and show the registration as it is then; to do it twice changes nothing."""
    try:
        await commands.cancel(work, token)
    except Refused as refused:
        if refused.slug != "registration-cancelled":
            raise
    return RedirectResponse(f"/registrations/{token}", 303)


async def _unconfirmed_page(token: str, request: Request, work: Work, pending: Pending) -> Response:
    said = RegistrationIn.model_validate(pending.said)
    cohort = require_found(await cohort_by_id(work, UUID(pending.about)), "registration")
    return render_page(
        request,
        "registration_unconfirmed.html",
        cohort=cohort,
        days=days_of(cohort),
        hours=hours_there(cohort),
        said=said,
        has_room=(await queries.occupancy(work, cohort)).room.holds(party_of(work, cohort.id, said, pending.language)),
        is_open=cohort.takes_registrations(work.now),
        confirm_by=pending.lapses_at,
        token=token,
    )


async def _registration_page(token: str, request: Request, work: Work, form: Submission[OfferAcceptanceIn]) -> Response:
    found = await queries.registration_by_token(work, token)
    cohort = await cohort_by_id(work, found.cohort_id) if found else None
    if found is None or cohort is None:
        raise NotFound("registration")
    is_offer = found.status is RegistrationStatus.OFFERED and found.answer_by is not None
    asked = is_offer and found.answer_by is not None and work.now < found.answer_by
    return render_page(
        request,
        "registration.html",
        status=422 if form.errors else 200,
        registration=found,
        cohort=cohort,
        days=days_of(cohort),
        hours=hours_there(cohort),
        token=token,
        statuses=STATUS,
        answer_by=found.answer_by - timedelta(seconds=1) if found.answer_by and asked else None,
        may_cancel=found.status not in GONE and work.now < cohort.is_over_at and (asked or not is_offer),
        sent=form.sent,
        errors=form.errors,
    )
