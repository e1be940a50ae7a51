"""Signing in: a form for people and, in development, a token for programs."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.responses import RedirectResponse

from shared.errors import Problem, Refused, Text
from shared.identity import ROLE_NAMES, Choice, Redirection
from shared.inputs.fields import Input, plain_text
from shared.sessions.tokens import Audience
from shared.web.access import public
from shared.web.description import PROBLEM_RESPONSES
from shared.web.form_token import check_form_token
from shared.web.guessing import guessing
from shared.web.kernel import kernel_of, language_of
from shared.web.local_paths import local_path
from shared.web.pages import render_page
from shared.web.security import Occurrence, tell
from shared.web.sent_form import form_of
from shared.web.session_care import keep_session
from shared.web.typed import Typed, came_from, carried_through, may_see

# Plain routes: signing in stores nothing, so it needs neither a unit of work nor an idempotency key.
api = APIRouter(
    prefix="/api/v1", tags=["sign-in"], route_class=APIRoute, dependencies=[public], responses=PROBLEM_RESPONSES
)
pages = APIRouter(route_class=APIRoute, include_in_schema=False, dependencies=[public])


class SignInRequest(Input):
    """Who to be: the short name of a persona."""

    name: Annotated[str, plain_text(50)]


class SignInToken(BaseModel):
    """A session token, to be sent as `Authorization: Bearer …`."""

    token: str


@api.post("/sign-in")
async def sign_in(request: Request, who: SignInRequest) -> SignInToken:
    """A token for a persona, in development only. 422 `sign-in-failed` for an unknown name."""
    kernel = kernel_of(request)
    if not kernel.in_development:
        raise Problem("not-found", 404)
    with guessing(request, who.name, wrong="sign-in-failed"):
        identity = await kernel.sign_in.exchange({"name": who.name})
    tell(request, Occurrence.SIGNED_IN)
    return SignInToken(token=kernel.sessions.issue(identity, Audience.PROGRAMS))


@pages.get("/sign-in")
async def show_sign_in(request: Request, next: str = "/") -> Response:
    return _choices(request, local_path(next), status=200, failed=False)


@pages.post("/sign-in")
async def send_sign_in(request: Request) -> Response:
    await check_form_token(request)
    form = await form_of(request)
    name, next = str(form.get("name", "")), str(form.get("next", "/"))
    typed = await carried_through(request)
    try:
        with guessing(request, name, wrong="sign-in-failed"):
            identity = await kernel_of(request).sign_in.exchange({"name": name})
    except Refused as refused:
        if refused.slug != "sign-in-failed":
            raise
        tell(request, Occurrence.SIGN_IN_REFUSED)
        return _choices(request, local_path(next), status=422, failed=True, typed=typed)
    tell(request, Occurrence.SIGNED_IN)
    sessions = kernel_of(request).sessions
    token = sessions.issue(identity, Audience.PAGES)
    # the page that answers belongs to the new session, and so do its form tokens
    request.state.session = sessions.read(token, Audience.PAGES)
    response: Response = RedirectResponse(local_path(next), 303)
    if typed is not None and may_see(request, typed):
        response = render_page(request, "unsent.html", carried=typed, next_path=local_path(next))
    keep_session(request, response, token, sessions.lifetime)
    return response


def sign_in_after(request: Request, typed: Typed | None) -> Response:
    """The way to the sign-in page after a form was refused for lack of a session; what was typed is carried along."""
    page = came_from(request)
    if page is None:
        return RedirectResponse("/sign-in", 303)
    if typed is None:
        return RedirectResponse(f"/sign-in?next={quote(page, safe='/')}", 303)
    if not typed.is_small:
        # too large to be carried: it is shown, to be copied before signing in
        way = f"/sign-in?next={quote(page, safe='/')}"
        return render_page(request, "unsent.html", status=401, carried=typed, next_path=way)
    return _choices(request, page, status=401, failed=False, typed=typed)


def _choices(request: Request, next_path: str, *, status: int, failed: bool, typed: Typed | None = None) -> Response:
    offered = kernel_of(request).sign_in.begin(next_path)
    if isinstance(offered, Redirection):
        if typed is not None:
            # the provider cannot carry what was typed: it is shown, to be copied before going there
            return render_page(request, "unsent.html", status=status, carried=typed, next_path=offered.url)
        return RedirectResponse(offered.url, 303)
    return render_page(
        request,
        "sign_in.html",
        status=status,
        options=[_option(request, choice) for choice in offered],
        next_path=next_path,
        carried=typed,
        errors={"name": Text("Choose one of the people.")} if failed else {},
    )


def _option(request: Request, choice: Choice) -> tuple[str, str, str]:
    """Value, label and hint of one radio button."""
    translate = kernel_of(request).catalogue.translate
    language = language_of(request)
    label = Text("{name} ({roles})", {"name": choice.name, "roles": [ROLE_NAMES[role] for role in choice.roles]})
    return choice.value, translate(label, language), translate(choice.description, language)
