"""A small HTTP server for metrics and health checks, on a port of its own inside the process.

A client has `CLIENT_WITHIN` seconds for request and answer, and at most `MOST_CLIENTS` are served at once, so slow
clients cannot block others for long.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager

import uvicorn
from starlette.requests import Request
from starlette.routing import Route, Router
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

CLIENT_WITHIN = 10.0
"""Seconds from the connection to the last byte of the answer, the making of the answer included."""
MOST_CLIENTS = 32
BACKLOG = 2048
"""Connections that may wait to be accepted."""
_LONGEST_HEAD = 16_384
_HEADERS = [("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"), ("Connection", "close")]

Page = Callable[[Request], Awaitable[ASGIApp]]
"""Makes the answer to a request: a response, or any other ASGI application."""


class CannotListen(Exception):
    """The process cannot listen where it was told to: mostly, another process listens there already."""


def listening(host: str, port: int) -> socket.socket:
    """A listening socket. Raises `CannotListen`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except (OSError, UnicodeError) as error:
        why = str(getattr(error, "strerror", None) or error).partition(" (while attempting")[0]
        raise CannotListen(f"cannot listen on {host}:{port}: {why}") from error


class Listener:
    """Answers `GET` and `HEAD` for a few paths."""

    def __init__(self, pages: Mapping[str, Page]) -> None:
        self._router = Router([Route(path, page) for path, page in pages.items()], redirect_slashes=False)
        self._socket: socket.socket | None = None

    def open(self, host: str, port: int) -> None:
        """Accept connections from now on; `run` answers them. Raises `CannotListen`."""
        if self._socket is None:
            self._socket = listening(host, port)

    async def run(self, stop: asyncio.Event) -> None:
        """Answer until `stop`; open requests then have one second more."""
        assert self._socket is not None, "it is not open"
        config = uvicorn.Config(
            self._router,
            http=_ImpatientProtocol,
            lifespan="off",
            access_log=False,
            log_config=None,
            server_header=False,
            headers=_HEADERS,
            h11_max_incomplete_event_size=_LONGEST_HEAD,
            timeout_graceful_shutdown=1,
        )
        server = _Server(config)
        serving = asyncio.create_task(server.serve([self._socket]))
        try:
            await stop.wait()
        finally:
            server.should_exit = True
            await serving
            self._socket = None


class _Server(uvicorn.Server):
    """A uvicorn server that leaves signal handling to the rest of the process."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class _ImpatientProtocol(H11Protocol):
    """A connection with a total time limit: uvicorn's own limit only begins after the first answer."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._end = self.loop.call_later(CLIENT_WITHIN, transport.abort)
        if len(self.connections) > MOST_CLIENTS:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end.cancel()
        super().connection_lost(exc)
