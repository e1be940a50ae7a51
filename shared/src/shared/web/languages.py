"""Chooses the language of a request: `?lang=` first, then the cookie, then `Accept-Language`, then Danish."""

from typing import get_args
from urllib.parse import parse_qs

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.identity import Language
from shared.web.media_types import weighted

LANGUAGE_COOKIE = "praksis_language"
_YEAR = 365 * 24 * 60 * 60


class LanguageChoice:
    """Middleware: sets `request.state.language`, remembers a choice in a cookie, and sets `Vary` and
    `Content-Language`."""

    def __init__(self, app: ASGIApp, *, in_development: bool) -> None:
        self._app = app
        self._secure = not in_development

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/static/"):
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        chosen = _chosen(request)
        language = chosen or _remembered(request) or _accepted(request)
        request.state.language = language

        async def with_language(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Content-Language", language)
                for name in ("Accept", "Accept-Language", "Cookie"):
                    headers.add_vary_header(name)
                if chosen is not None:
                    headers.append("Set-Cookie", self._cookie(chosen))
            await send(message)

        await self._app(scope, receive, with_language)

    def _cookie(self, language: Language) -> str:
        response = Response()
        response.set_cookie(
            LANGUAGE_COOKIE, language, max_age=_YEAR, path="/", httponly=True, secure=self._secure, samesite="lax"
        )
        return response.headers["Set-Cookie"]


def _chosen(request: Request) -> Language | None:
    values = parse_qs(request.url.query).get("lang", [])
    return _known(values[-1]) if values else None


def _remembered(request: Request) -> Language | None:
    return _known(request.cookies.get(LANGUAGE_COOKIE, ""))


def _accepted(request: Request) -> Language:
    header = request.headers.get("Accept-Language", "")
    for tag, quality in sorted(weighted(header), key=lambda pair: -pair[1]):
        language = _known(tag.partition("-")[0])
        if language is not None and quality > 0:
            return language
    return "da"


def _known(code: str) -> Language | None:
    return next((language for language in get_args(Language) if language == code), None)
