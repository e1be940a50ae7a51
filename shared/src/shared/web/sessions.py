"""Routes for signing out: this session, all sessions of the caller, or all of another person (session revocation)."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute
from starlette.responses import RedirectResponse

from shared.errors import Text
from shared.identity import Identity, Role
from shared.inputs.fields import Input, plain_text
from shared.sessions.ending import end_sessions
from shared.web.access import SESSION_COOKIE, allow, end_here, public, session_of, signed_in
from shared.web.cookies import cookie_of, drop_cookie
from shared.web.form_token import check_form_token
from shared.web.forms import submitted
from shared.web.kernel import kernel_of
from shared.web.pages import render_page
from shared.web.routes import Work, api_router, page_router
from shared.web.security import Occurrence, tell
from shared.web.typed import forget_all, take
from shared.work import UnitOfWork

ENDERS = (Role.OPERATOR, Role.ADMINISTRATOR)
"""The roles that may sign other people out."""
api = api_router(tags=["sign-in"])
pages = page_router()
leaving = APIRouter(route_class=APIRoute, include_in_schema=False, dependencies=[public])
"""Plain routes, without the form-token check of `PageRoute`: a person whose session has ended already may sign out,
too."""

Anybody = Annotated[Identity, signed_in()]
Ender = Annotated[Identity, allow(*ENDERS)]


class Person(Input):
    """Somebody, by the subject under which they sign in."""

    subject: Annotated[str, plain_text(200)]


@api.post("/sign-out", status_code=204)
async def end_this(request: Request, work: Work, who: Anybody) -> Response:
    """End the session of the token that this request comes with, in every service."""
    await _end_this(request, work)
    return Response(status_code=204)


@api.post("/sign-out-everywhere", status_code=204)
async def end_own(request: Request, work: Work, who: Anybody) -> Response:
    """End every session of the caller, in every service."""
    await _end_all(request, work, who.subject)
    return Response(status_code=204)


@api.post("/ended-sessions", status_code=204)
async def end_others(request: Request, work: Work, who: Ender, person: Person) -> Response:
    """End every session of a person, in every service. They may sign in again."""
    await _end_all(request, work, person.subject)
    return Response(status_code=204)


@pages.get("/sessions")
async def own_sessions(request: Request, who: Anybody) -> Response:
    """The page on which a person signs out everywhere, or, with a role that may, signs out another person."""
    return _page(request, who)


@pages.post("/sessions/end")
async def send_end_own(request: Request, work: Work, who: Anybody) -> Response:
    """Sign the caller out everywhere, here too."""
    await _end_all(request, work, who.subject)
    return _signed_out(request, everywhere=True)


@pages.post("/sessions/end-of-person")
async def send_end_others(request: Request, work: Work, who: Ender) -> Response:
    """Sign another person out everywhere; they may sign in again."""
    form = await submitted(request, Person)
    if form.value is None:
        return _page(request, who, status=422, sent=form.sent, errors=form.errors)
    await _end_all(request, work, form.value.subject)
    if session_of(request) is None:  # they ended their own sessions
        return _signed_out(request, everywhere=True)
    take(request)
    return _page(request, who, ended=form.value.subject)


@leaving.post("/sign-out")
async def sign_out(request: Request) -> Response:
    """End the session of this browser, in every service. Where it has ended already, only its cookie is removed,
    without a form token."""
    if session_of(request) is None and cookie_of(request, SESSION_COOKIE) is not None:
        return _signed_out(request)
    await check_form_token(request)
    if session_of(request) is not None:
        async with kernel_of(request).database.work() as work:
            await _end_this(request, work)
            await work.commit()
    return _signed_out(request)


@leaving.get("/signed-out")
async def signed_out_page(request: Request, everywhere: bool = False, elsewhere: bool = False) -> Response:
    """Says that the person is signed out; they are led here, since most other pages would turn them away.

    Their other pages in the browser lead here too, with `elsewhere`.
    """
    if session_of(request) is not None:
        return RedirectResponse("/", 303)
    return render_page(request, "signed_out.html", everywhere=everywhere, elsewhere=elsewhere)


async def _end_this(request: Request, work: UnitOfWork) -> None:
    session = session_of(request)
    assert session is not None
    tell(request, Occurrence.SIGNED_OUT)
    await _end(request, work, session.id)


async def _end_all(request: Request, work: UnitOfWork, subject: str) -> None:
    session = session_of(request)
    is_own = session is not None and session.subject == subject
    tell(request, Occurrence.SIGNED_OUT_EVERYWHERE if is_own else Occurrence.SIGNED_OUT_BY_ANOTHER)
    await _end(request, work, kernel_of(request).sessions.person_of(subject))


async def _end(request: Request, work: UnitOfWork, ended_id: UUID) -> None:
    until = await end_sessions(work, kernel_of(request).database.service, ended_id)
    end_here(request, ended_id, until)


def _signed_out(request: Request, *, everywhere: bool = False) -> Response:
    response = RedirectResponse("/signed-out?everywhere=true" if everywhere else "/signed-out", 303)
    drop_cookie(request, response, SESSION_COOKIE)
    forget_all(request, response)
    return response


def _page(
    request: Request,
    who: Identity,
    *,
    status: int = 200,
    ended: str | None = None,
    sent: Mapping[str, object] | None = None,
    errors: Mapping[str, Text] | None = None,
) -> Response:
    kernel = kernel_of(request)
    return render_page(
        request,
        "sessions.html",
        status=status,
        hours=int(kernel.sessions.lifetime.total_seconds() // 3600),
        idle_minutes=int(kernel.sessions.idle.total_seconds() // 60),
        may_end_others=bool(who.roles & {*ENDERS}),
        ended=ended,
        sent=sent or {},
        errors=errors or {},
    )
