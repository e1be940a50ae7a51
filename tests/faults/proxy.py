"""Stands between a worker and the broker or the database, and loses on the way what a test wants lost."""

import asyncio
import struct
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit, urlunsplit

_HEADER = struct.Struct(">BHL")
"""Of an AMQP frame: its type, its channel, and how long what follows is, without the byte that ends it."""
_METHOD_FRAME = 1
_BASIC_ACK = struct.pack(">HH", 60, 80)


class Proxy:
    """Passes on what both sides say, frame by frame on the broker's side, as long as it is not told otherwise."""

    def __init__(self, url: str) -> None:
        self._server = urlsplit(url)
        self._port = 0
        self._passing: set[asyncio.Task[None]] = set()
        self.loses_confirms = False
        """Whether the broker's acknowledgements of what has been published get lost."""
        self.is_silent = False
        """Whether everything gets lost, both ways, on connections that stay open."""
        self.lost = 0
        """How many confirms have been lost."""

    @property
    def url(self) -> str:
        """The address at which the server is reached through it."""
        credentials = self._server.netloc.rpartition("@")[0]
        return urlunsplit(self._server._replace(netloc=f"{credentials}@127.0.0.1:{self._port}"))

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Proxy"]:
        """Listen while the context lasts."""
        server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        self._port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            self.cut()
            await asyncio.gather(*self._passing, return_exceptions=True)

    def cut(self) -> None:
        """End every connection that passes through it."""
        for task in self._passing:
            task.cancel()

    async def _connect(self, client: StreamReader, to_client: StreamWriter) -> None:
        assert self._server.hostname
        server, to_server = await asyncio.open_connection(self._server.hostname, self._server.port)
        back = self._pass_frames if self._server.scheme.startswith("amqp") else self._pass_bytes
        ways = (self._pass_bytes(client, to_server), back(server, to_client))
        tasks = {asyncio.create_task(way) for way in ways}
        self._passing |= tasks
        with suppress(asyncio.CancelledError):
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        to_client.close()
        to_server.close()

    async def _pass_bytes(self, reader: StreamReader, writer: StreamWriter) -> None:
        with suppress(ConnectionError):
            while some := await reader.read(65536):
                if not self.is_silent:
                    writer.write(some)
                    await writer.drain()

    async def _pass_frames(self, reader: StreamReader, writer: StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                header = await reader.readexactly(_HEADER.size)
                kind, _, size = _HEADER.unpack(header)
                rest = await reader.readexactly(size + 1)
                if self.is_silent or (self.loses_confirms and _is_ack(kind, rest)):
                    self.lost += 1
                    continue
                writer.write(header + rest)
                await writer.drain()


def _is_ack(kind: int, payload: bytes) -> bool:
    return kind == _METHOD_FRAME and payload.startswith(_BASIC_ACK)
