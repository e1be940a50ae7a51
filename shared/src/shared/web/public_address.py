"""Middleware: the address of this service is the one in the settings, whatever `Host` a request names."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.errors import Problem
from shared.web.hosts import ASKED_FOR
from shared.web.problems import respond


class PublicAddress:
    """Makes every address that is derived from a request – links, redirects – begin with `home`, and never with its
    `Host`.

    With `only_there`, a request for another host is refused (421): another domain has been pointed at this server.
    Health checks are allowed under any address. Redirects within the service name no host.
    """

    def __init__(self, app: ASGIApp, *, home: str, only_there: bool) -> None:
        parts = urlsplit(home)
        self._app = app
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self._scheme, self._host = parts.scheme, parts.netloc
        self._server = (parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))
        self._only_there = only_there

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        asked_for = Headers(scope=scope).get("Host", "")
        others = [(name, value) for name, value in scope["headers"] if name != b"host"]
        ours = {
            **scope,
            "scheme": self._scheme,
            "server": self._server,
            ASKED_FOR: asked_for,
            "headers": [(b"host", self._host.encode("latin-1")), *others],
        }
        if self._only_there and not self._is_ours(asked_for) and not scope["path"].startswith("/health/"):
            await respond(Request(ours, receive), Problem("unknown-host", 421))(ours, receive, send)
            return

        async def without_host(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                location = headers.get("Location", "")
                if location.startswith(f"{self._origin}/"):
                    headers["Location"] = location.removeprefix(self._origin)
            await send(message)

        await self._app(ours, receive, without_host)

    def _is_ours(self, host: str) -> bool:
        try:
            return urlsplit(f"//{host}").hostname == self._server[0]
        except ValueError:
            return False
