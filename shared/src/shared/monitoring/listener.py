"""Answers a few questions over HTTP on a port of its own, beside whatever else the process does.

A client has `CLIENT_WITHIN` seconds to ask and to read, whatever it sends, and there are at most `MOST_CLIENTS` at
once: so nobody who is slow keeps others from an answer for long.
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
"""Seconds from the connection to the last byte of the answer; the answer itself may take some of them."""
MOST_CLIENTS = 32
BACKLOG = 2048
"""Connections that may wait to be taken up."""
_LONGEST_HEAD = 16_384
_HEADERS = [("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"), ("Connection", "close")]

Page = Callable[[Request], Awaitable[ASGIApp]]
"""Makes the answer to a request: a response, or whatever else answers as ASGI does."""


class CannotListen(Exception):
    """There is no listening where this process was told to: mostly, somebody else listens there already."""


def listening(host: str, port: int) -> socket.socket:
    """Where connections come in from now on. Raises `CannotListen`."""
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
        """Let connections come from now on; `run` answers them. Raises `CannotListen`."""
        if self._socket is None:
            self._socket = listening(host, port)

    async def run(self, stop: asyncio.Event) -> None:
        """Answer until `stop`; then leave those who still ask."""
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
    """One that leaves the process's signals to whoever else runs in it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class _ImpatientProtocol(H11Protocol):
    """One connection, which ends in time. uvicorn's own limit begins with the first answer, and not before."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._end = self.loop.call_later(CLIENT_WITHIN, transport.abort)
        if len(self.connections) > MOST_CLIENTS:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end.cancel()
        super().connection_lost(exc)
