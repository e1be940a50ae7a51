"""Queries of the monitor to the database and the broker, over connections of its own.

The monitor must notice when either does not answer, and must not take connections from the worker's pool. So it opens a
connection when it first needs one, sends one query at a time, and drops the connection after any error.
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
"""Seconds until a query without an answer has failed; waiting for its turn is included."""
CLOSE_WITHIN = 1.0

_Connection = TypeVar("_Connection")


class _Line(Generic[_Connection]):
    """One connection, opened when needed, and again after any error."""

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
        """The connection, for one query. Raises `TimeoutError` after `ANSWER_WITHIN` seconds."""
        async with asyncio.timeout(ANSWER_WITHIN), self._turn:
            try:
                if self._connection is None or self._is_closed(self._connection):
                    self._connection = await self._open_it()
                yield self._connection
            except BaseException:
                self._drop()
                raise

    async def close(self) -> None:
        """Close the connection; takes at most `CLOSE_WITHIN` seconds."""
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
    """Queries to a service's schema."""

    def __init__(self, dsn: str, service: str) -> None:
        self._line = _Line(
            lambda: asyncpg.connect(
                dsn,
                timeout=ANSWER_WITHIN,
                command_timeout=ANSWER_WITHIN,
                server_settings={
                    "application_name": f"praksis-{service}-monitor",
                    "search_path": service,
                    "statement_timeout": f"{ANSWER_WITHIN:.0f}s",  # so that the server ends an abandoned query, too
                    **OF_THE_SERVER,
                },
            ),
            asyncpg.Connection.is_closed,
            asyncpg.Connection.close,
        )

    async def row(self, statement: str, *arguments: object) -> asyncpg.Record:
        """The single row of a statement. Raises any error of the connection or the statement, and `TimeoutError`."""
        async with self._line.ask() as connection:
            return await connection.fetchrow(statement, *arguments)

    async def close(self) -> None:
        """Close the connection."""
        await self._line.close()


@dataclass(frozen=True, slots=True)
class QueueState:
    """How many messages are ready in a queue, without those that its consumer has not acknowledged, and its number of
    consumers."""

    messages: int
    consumers: int


class BrokerQuestions:
    """Queries to the broker. They change nothing: queues are never declared."""

    def __init__(self, amqp_url: str, service: str) -> None:
        properties: dict[str, Any] = {"connection_name": f"praksis-{service}-monitor"}
        self._line: _Line[AbstractConnection] = _Line(
            lambda: connect(amqp_url, timeout=ANSWER_WITHIN, client_properties=properties),
            lambda connection: not connection.connected.is_set(),  # also where the broker has closed it
            lambda connection: connection.close(),
        )

    async def queues(self, *names: str) -> dict[str, QueueState | None]:
        """The state of each queue; None for one that does not exist. Raises any error of the connection, and
        `TimeoutError`."""
        async with self._line.ask() as connection:
            return {name: await _state(connection, name) for name in names}

    async def close(self) -> None:
        """Close the connection."""
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
