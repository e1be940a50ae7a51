"""As much HTTP/1.1 as it takes to tell of oneself: a request without a body, an answer, and the connection is closed.

A client has `CLIENT_WITHIN` seconds to ask and to read, whatever it sends, and there are at most `MOST_CLIENTS` at
once: so nobody who is slow keeps others from an answer for long.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus

import structlog

log = structlog.get_logger(__name__)

CLIENT_WITHIN = 10.0
"""Seconds from the connection to the last byte of the answer; the answer itself may take some of them."""
MOST_CLIENTS = 32
BACKLOG = 2048
"""Connections that may wait to be taken up."""
_LONGEST_HEAD = 16_384
_METHODS = ("GET", "HEAD")
_PARTINGS = (TimeoutError, ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError)
"""How a conversation ends early without anybody's fault: the client is slow, or goes, or this listener stops."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said."""

    body: bytes
    content_type: str = "text/plain; charset=utf-8"
    status: HTTPStatus = HTTPStatus.OK
    headers: Mapping[str, str] = field(default_factory=dict)


Page = Callable[[Mapping[str, str]], Awaitable[Answer]]
"""Makes an answer; it is given the request's headers, their names in lower case."""


class CannotListen(Exception):
    """There is no listening where this process was told to: mostly, somebody else listens there already."""


class _NoRequest(Exception):
    """What was sent is no request that can be answered; the argument is the status that says so."""


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
        self._pages = pages
        self._clients: set[asyncio.Task[None]] = set()
        self._socket: socket.socket | None = None

    def open(self, host: str, port: int) -> None:
        """Let connections come from now on; `run` answers them. Raises `CannotListen`."""
        if self._socket is None:
            self._socket = listening(host, port)

    async def run(self, stop: asyncio.Event) -> None:
        """Answer until `stop`; then leave those who still ask."""
        server = await asyncio.start_server(self._serve, sock=self._socket, limit=_LONGEST_HEAD)
        try:
            await stop.wait()
        finally:
            server.close()
            self._socket = None
            for client in self._clients:
                client.cancel()
            await asyncio.gather(*self._clients, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = asyncio.current_task()
        assert client is not None
        try:
            if len(self._clients) < MOST_CLIENTS:
                self._clients.add(client)
                with suppress(*_PARTINGS):
                    async with asyncio.timeout(CLIENT_WITHIN):
                        await self._converse(reader, writer)
                        writer.close()
                        await writer.wait_closed()  # until all has been sent
        finally:
            self._clients.discard(client)
            writer.transport.abort()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        method = ""
        try:
            method, path, headers = await _read(reader)
            answer = await self._answer(method, path, headers)
        except _NoRequest as refusal:
            answer = _refusal(refusal.args[0])
        writer.write(_written(answer, with_body=method != "HEAD"))

    async def _answer(self, method: str, path: str, headers: Mapping[str, str]) -> Answer:
        page = self._pages.get(path)
        if page is None:
            return _refusal(HTTPStatus.NOT_FOUND)
        if method not in _METHODS:
            return _refusal(HTTPStatus.METHOD_NOT_ALLOWED, {"Allow": ", ".join(_METHODS)})
        try:
            return await page(headers)
        except Exception:
            log.exception("no answer", path=path)
            return _refusal(HTTPStatus.INTERNAL_SERVER_ERROR)


async def _read(reader: asyncio.StreamReader) -> tuple[str, str, dict[str, str]]:
    """Method, path and headers of a request."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.LimitOverrunError as error:
        raise _NoRequest(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE) from error
    request, *lines = head.decode("latin-1").split("\r\n")[:-2]
    words = request.split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        raise _NoRequest(HTTPStatus.BAD_REQUEST)
    named = (line.partition(":") for line in lines)
    return words[0], words[1].partition("?")[0], {name.strip().lower(): value.strip() for name, _, value in named}


def _refusal(status: HTTPStatus, headers: Mapping[str, str] | None = None) -> Answer:
    return Answer(f"{status.phrase}\n".encode(), status=status, headers=headers or {})


def _written(answer: Answer, *, with_body: bool) -> bytes:
    headers = {
        "Content-Type": answer.content_type,
        "Content-Length": str(len(answer.body)),
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Connection": "close",
        **answer.headers,
    }
    lines = [
        f"HTTP/1.1 {answer.status} {answer.status.phrase}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + (answer.body if with_body else b"")
