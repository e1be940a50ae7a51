"""Asking what may never answer: the database and the broker, over connections that are the monitor's own.

Whoever watches must learn that something does not answer, and must not take a connection from those who work. So a
connection is opened when it is first needed, asked one question at a time, and dropped as soon as anything goes wrong.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import asyncpg
from aio_pika import connect
from aio_pika.abc import AbstractConnection
from aio_pika.exceptions import ChannelNotFoundEntity

from shared.silence import OF_THE_SERVER

ANSWER_WITHIN = 2.0
"""Seconds until a question without an answer has failed; a turn in the row of questions counts too."""
CLOSE_WITHIN = 1.0

_Connection = TypeVar("_Connection")


class _Line(Generic[_Connection]):
    """One connection, opened when needed and opened anew after whatever went wrong."""

    def __init__(
        self,
        open_it: Callable[[], Awaitable[_Connection]],
        is_closed: Callable[[_Connection], bool],
        close_it: Callable[[_Connection], Awaitable[None]],
    ) -> None:
        self._open_it = open_it
        self._is_closed = is_closed
        self._close_it = close_it
        self._turn = asyncio.Lock()
        self._connection: _Connection | None = None
        self._closing: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def ask(self) -> AsyncIterator[_Connection]:
        """The connection, for one question. Raises TimeoutError when that takes longer than `ANSWER_WITHIN`."""
        async with asyncio.timeout(ANSWER_WITHIN), self._turn:
            try:
                if self._connection is None or self._is_closed(self._connection):
                    self._connection = await self._open_it()
                yield self._connection
            except BaseException:
                self._drop()
                raise

    async def close(self) -> None:
        """Give the connection back; takes no longer than `CLOSE_WITHIN`."""
        self._drop()
        if self._closing:
            await asyncio.wait(self._closing)

    def _drop(self) -> None:
        dropped, self._connection = self._connection, None
        if dropped is not None:
            closing = asyncio.create_task(self._close(dropped))
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)

    async def _close(self, connection: _Connection) -> None:
        with suppress(Exception):
            async with asyncio.timeout(CLOSE_WITHIN):
                await self._close_it(connection)


class DatabaseQuestions:
    """Questions to a service's schema."""

    def __init__(self, dsn: str, service: str) -> None:
        self._line = _Line(
            lambda: asyncpg.connect(
                dsn,
                timeout=ANSWER_WITHIN,
                command_timeout=ANSWER_WITHIN,
                server_settings={
                    "application_name": f"praksis-{service}-monitor",
                    "search_path": service,
                    "statement_timeout": f"{ANSWER_WITHIN:.0f}s",  # what nobody waits for any more ends there too
                    **OF_THE_SERVER,
                },
            ),
            asyncpg.Connection.is_closed,
            asyncpg.Connection.close,
        )

    async def row(self, statement: str, *arguments: object) -> asyncpg.Record:
        """The one row that the statement yields. Raises whatever keeps it from an answer in time."""
        async with self._line.ask() as connection:
            return await connection.fetchrow(statement, *arguments)

    async def close(self) -> None:
        """Give the connection back."""
        await self._line.close()


@dataclass(frozen=True, slots=True)
class QueueState:
    """How many messages wait in a queue, beside those that its consumer has in hand, and how many consumers it has."""

    messages: int
    consumers: int


class BrokerQuestions:
    """Questions to the broker. They change nothing: a queue that is not there is not made."""

    def __init__(self, amqp_url: str, service: str) -> None:
        properties: dict[str, Any] = {"connection_name": f"praksis-{service}-monitor"}
        self._line: _Line[AbstractConnection] = _Line(
            lambda: connect(amqp_url, timeout=ANSWER_WITHIN, client_properties=properties),
            lambda connection: not connection.connected.is_set(),  # also where the broker has closed it
            lambda connection: connection.close(),
        )

    async def queues(self, *names: str) -> dict[str, QueueState | None]:
        """The state of each queue; nothing for one that is not there. Raises whatever keeps it from an answer."""
        async with self._line.ask() as connection:
            return {name: await _state(connection, name) for name in names}

    async def close(self) -> None:
        """Give the connection back."""
        await self._line.close()


async def _state(connection: AbstractConnection, name: str) -> QueueState | None:
    channel = await connection.channel(publisher_confirms=False)
    try:
        queue = await channel.get_queue(name, ensure=True)
    except ChannelNotFoundEntity:
        return None  # the broker has closed this channel
    declared = queue.declaration_result
    await channel.close()
    return QueueState(declared.message_count or 0, declared.consumer_count or 0)
