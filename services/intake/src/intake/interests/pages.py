"""Interest lists as pages: being put down, leaving, and who waits."""

from typing import Annotated

from fastapi import Request, Response
from starlette.responses import RedirectResponse

from intake.confirmations.model import DAYS_TO_CONFIRM, ConfirmationKind, Pending
from intake.confirmations.queries import pending_by_token
from intake.interests import commands, queries
from intake.interests.inputs import InterestIn
from intake.programmes.queries import programme_names, programmes
from intake.programmes.texts import AUDIENCE
from shared.contracts.vocabulary import IntakeMode
from shared.errors import Refused, Text, require_found
from shared.identity import Identity
from shared.mail.standing import mail_is_held_up
from shared.municipalities import municipalities
from shared.office import office_date
from shared.web.access import allow, public
from shared.web.forms import Submission, submitted
from shared.web.kernel import kernel_of, language_of
from shared.web.pages import render_page
from shared.web.returning import was_done
from shared.web.routes import Work, page_router
from shared.web.strangers import stranger_unless

router = page_router()

_FIELDS = {
    "not-for-you": "audience",
    "unknown-programme": "programme",
    "programme-not-offered": "programme",
    "programme-takes-applications": "programme",
    "waiting-list-full": "programme",
}


class InterestForm(InterestIn):
    """The form, with a field that people do not see; programs that fill it in are thanked for nothing."""

    website: str = ""


@router.get("/interest-list", dependencies=[public])
async def form_page(request: Request, work: Work) -> Response:
    """Where people ask to be told of the next gathering."""
    programme = request.query_params.get("programme", "")
    return await _form_page(request, work, Submission(None, {"programme": programme} if programme else {}))


@router.post("/interest-list", dependencies=[public])
async def put_down(request: Request, work: Work) -> Response:
    """Put somebody on the list, and say that an e-mail is on its way, also to whoever was on it."""
    form = await submitted(request, InterestForm)
    if form.value is None:
        return await _form_page(request, work, form)
    if not form.value.website:
        try:
            await commands.put_down(work, form.value, language_of(request), stranger_unless(request, queries.OFFICE))
        except Refused as refused:
            field = _FIELDS.get(refused.slug) or refused.parameters.get("kind")
            if field is None:
                raise
            said = kernel_of(request).kinds.said_of(refused)
            return await _form_page(request, work, Submission(None, form.sent, {str(field): said}))
    return RedirectResponse("/interest-list?sent=1", 303)


@router.get("/interested-people")
async def list_page(request: Request, work: Work, who: Annotated[Identity, allow(*queries.OFFICE)]) -> Response:
    """Who waits for which gathering."""
    return render_page(
        request,
        "interests.html",
        interests=await queries.everybody(work),
        programmes=await programme_names(work),
        audiences=AUDIENCE,
        municipalities=municipalities(),
    )


@router.get("/interests/{token}", dependencies=[public])
async def interest_page(token: str, request: Request, work: Work) -> Response:
    """The place on a list that a link leads to, or what waits to be confirmed; looking changes nothing."""
    pending = await pending_by_token(work, ConfirmationKind.INTEREST, token)
    if pending is not None:
        return await _unconfirmed_page(token, request, work, pending)
    found = require_found(await queries.interest_by_token(work, token), "interest")
    return render_page(request, "interest.html", interest=found, programmes=await programme_names(work), token=token)


@router.post("/interests/{token}/confirmation", dependencies=[public])
async def confirm(token: str, work: Work) -> Response:
    """Say that a place on the list is wanted, and show it."""
    await commands.confirm(work, token)
    return RedirectResponse(f"/interests/{token}", 303)


@router.post("/interests/{token}/withdrawal", dependencies=[public])
async def withdraw(token: str, work: Work) -> Response:
    """Say that a place on the list was never wanted; what was written is deleted."""
    await commands.withdraw(work, token)
    return RedirectResponse("/interest-list?deleted=1", 303)


@router.post("/interests/{token}/removal", dependencies=[public])
async def leave(token: str, request: Request, work: Work) -> Response:
    """Leave the list, and show that it is so."""
    await commands.leave(work, token)
    return RedirectResponse(f"/interests/{token}", 303)


async def _unconfirmed_page(token: str, request: Request, work: Work, pending: Pending) -> Response:
    return render_page(
        request,
        "interest_unconfirmed.html",
        said=InterestIn.model_validate(pending.said),
        programmes=await programme_names(work),
        confirm_by=pending.lapses_at,
        token=token,
    )


async def _form_page(request: Request, work: Work, form: Submission[InterestForm]) -> Response:
    today = office_date(work.now)
    errors: dict[str, Text] = dict(form.errors)
    return render_page(
        request,
        "interest_new.html",
        status=422 if errors else 200,
        needs_proof=stranger_unless(request, queries.OFFICE) is not None,
        days_to_confirm=DAYS_TO_CONFIRM,
        was_deleted=was_done(request, "deleted"),
        programmes=[
            each for each in await programmes(work) if each.intake is IntakeMode.REGISTRATION and each.in_force(today)
        ],
        audiences=AUDIENCE,
        municipalities=municipalities(),
        was_sent=was_done(request, "sent"),
        mail_is_held_up=was_done(request, "sent") and await mail_is_held_up(work),
        sent=form.sent,
        errors=errors,
    )
