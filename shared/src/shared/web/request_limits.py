"""Middleware: limits the size of bodies, and refuses control characters in addresses."""

import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.errors import Problem, Size, Text
from shared.web.problems import respond

DEFAULT_LIMIT = 256 * 1024
_CONTROLS = re.compile(rb"[\x00-\x1f\x7f]|\xc2[\x80-\x9f]")


class BodyTooLarge(HTTPException):
    """The body has more bytes than announced or allowed. It is an `HTTPException` because FastAPI lets those through
    while it reads."""

    def __init__(self) -> None:
        super().__init__(413)


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """How many bytes a body may have: `usual`, or more where the whole address matches one of `others`."""

    usual: int = DEFAULT_LIMIT
    others: tuple[tuple[re.Pattern[str], int], ...] = ()

    def of(self, path: str) -> int:
        return next((limit for pattern, limit in self.others if pattern.fullmatch(path)), self.usual)


class RequestLimits:
    """Refuses bodies over their limit, announced or streamed (413), and control characters in an address (400)."""

    def __init__(self, app: ASGIApp, limits: BodyLimits) -> None:
        self._app = app
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        problem = self._refusal(scope)
        if problem is not None:
            await respond(Request(scope, receive), problem)(scope, receive, send)
            return
        await self._app(scope, _counted(receive, self._limits.of(scope["path"])), send)

    def _refusal(self, scope: Scope) -> Problem | None:
        if _CONTROLS.search(scope["path"].encode("utf-8", "replace")) or _CONTROLS.search(
            unquote_to_bytes(scope["query_string"])
        ):
            return Problem("malformed-request", 400)
        announced = Headers(scope=scope).get("Content-Length", "0")
        if not (announced.isascii() and announced.isdecimal()):
            return Problem("malformed-request", 400)
        limit = self._limits.of(scope["path"])
        if (size := int(announced.lstrip("0")[:20] or "0")) > limit:
            parameters = {"limit": Size(limit)}
            said = {"size": Size(size), **parameters}
            detail = Text("This has {size} in all. At most {limit} can be sent here at once.", said)
            return Problem("body-too-large", 413, detail, parameters=parameters)
        return None


def _counted(receive: Receive, limit: int) -> Receive:
    read = 0

    async def counting() -> Message:
        nonlocal read
        message = await receive()
        if message["type"] == "http.request":
            read += len(message.get("body", b""))
            if read > limit:
                raise BodyTooLarge()
        return message

    return counting
