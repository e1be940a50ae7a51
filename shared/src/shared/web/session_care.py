"""Middleware: learns whether the session of a request was revoked, and renews its token while it is used."""

from datetime import timedelta

from fastapi import Request, Response
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.web.access import SESSION_COOKIE, credential_of, session_of
from shared.web.cookies import cookie_name, keep_cookie
from shared.web.kernel import kernel_of


class SessionCare:
    """Refreshes revocations and renews the cookie; does nothing for static files and for requests without a token."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/static/"):
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        if credential_of(request)[1] is None:
            await self._app(scope, receive, send)
            return
        await kernel_of(request).ended.look()
        renewal = _renewal(request)

        async def with_renewal(message: Message) -> None:
            if message["type"] == "http.response.start" and renewal is not None:
                headers = MutableHeaders(scope=message)
                if not _speaks_of_session(headers, request) and session_of(request) is not None:
                    headers.append("Set-Cookie", renewal)
            await send(message)

        await self._app(scope, receive, with_renewal)


def keep_session(request: Request, response: Response, token: str, ends_in: timedelta) -> None:
    """Set the session's cookie, until the session ends or has not been used for too long."""
    seconds = min(ends_in, kernel_of(request).sessions.idle).total_seconds()
    keep_cookie(request, response, SESSION_COOKIE, token, max_age=int(seconds))


def _renewal(request: Request) -> str | None:
    """The `Set-Cookie` header with a renewed token, or None if it is not time for one."""
    sessions, session = kernel_of(request).sessions, session_of(request)
    token = sessions.renewed(session) if session is not None else None
    if session is None or token is None:
        return None
    response = Response()
    keep_session(request, response, token, sessions.remaining(session))
    return response.headers["Set-Cookie"]


def _speaks_of_session(headers: MutableHeaders, request: Request) -> bool:
    name = f"{cookie_name(request, SESSION_COOKIE)}="
    return any(cookie.startswith(name) for cookie in headers.getlist("Set-Cookie"))
