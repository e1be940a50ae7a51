"""Interest lists as pages: being put down, leaving, and who waits."""

from typing import Annotated

from fastapi import Request, Response
from starlette.responses import RedirectResponse

from intake.interests import commands, queries
from intake.interests.inputs import InterestIn
from intake.programmes.queries import programme_names, programmes
from intake.programmes.texts import AUDIENCE
from shared.contracts.intake import IntakeMode
from shared.errors import Problem, Refused, Text
from shared.identity import Identity
from shared.mail.standing import mail_is_held_up
from shared.municipalities import municipalities
from shared.office import office_date
from shared.web.access import allow, public
from shared.web.forms import Submission, submitted
from shared.web.kernel import kernel_of, language_of
from shared.web.pages import render_page
from shared.web.problems import problem_of
from shared.web.routes import Work, page_router

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
            await commands.put_down(work, form.value, language_of(request))
        except (Problem, Refused) as refusal:
            problem = problem_of(refusal, kernel_of(request)) if isinstance(refusal, Refused) else refusal
            field = _FIELDS.get(refusal.slug, str(getattr(refusal, "parameters", {}).get("kind", "programme")))
            said = problem.detail or kernel_of(request).kinds.title_of(problem.slug, problem.status)
            return await _form_page(request, work, Submission(None, form.sent, {field: said}))
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
    """The place on a list that a link leads to."""
    found = await queries.interest_by_token(work, token)
    if found is None:
        raise Problem("unknown-interest", 404)
    return render_page(request, "interest.html", interest=found, programmes=await programme_names(work), token=token)


@router.post("/interests/{token}/removal", dependencies=[public])
async def leave(token: str, request: Request, work: Work) -> Response:
    """Leave the list, and show that it is so."""
    await commands.leave(work, token)
    return RedirectResponse(f"/interests/{token}", 303)


async def _form_page(request: Request, work: Work, form: Submission[InterestForm]) -> Response:
    today = office_date(work.now)
    errors: dict[str, Text] = dict(form.errors)
    return render_page(
        request,
        "interest_new.html",
        status=422 if errors else 200,
        programmes=[
            each for each in await programmes(work) if each.intake is IntakeMode.REGISTRATION and each.in_force(today)
        ],
        audiences=AUDIENCE,
        municipalities=municipalities(),
        was_sent="sent" in request.query_params,
        mail_is_held_up="sent" in request.query_params and await mail_is_held_up(work),
        sent=form.sent,
        errors=errors,
    )
