"""Database access of a service: its own schema, with its own role."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from copy import copy

import asyncpg
from sqlalchemy import event, text
from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from shared import silence
from shared.clock import Clock
from shared.tables import KernelTables
from shared.work import UnitOfWork


def rebuild_schema(service: str) -> str:
    """The schema in which a service's projections are rebuilt beside the live ones."""
    return f"{service}_rebuild"


class Database:
    """The connection pool of one process. `url` is `postgresql://…`; the driver is asyncpg.

    With `patient` there is no time limit on an answer, for migrations and other long changes of the tables.
    """

    def __init__(self, url: str, *, service: str, tables: KernelTables, clock: Clock, patient: bool = False) -> None:
        self.service = service
        self.tables = tables
        self.clock = clock
        self.dsn = url
        self._patient = patient
        self._engine = create_async_engine(
            "postgresql+asyncpg://",
            async_creator=self._connect,
            pool_size=10,
            hide_parameters=True,  # an error's text goes to the log, and parameters may be personal data
        )
        event.listen(self._engine.sync_engine, "handle_error", _end_what_is_silent)
        event.listen(self._engine.sync_engine, "checkout", _take_no_lost_connection)
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False)

    async def _connect(self) -> asyncpg.Connection:
        """A connection for the pool, with limits and keep-alive. asyncpg parses the address itself, with all its
        options."""
        connection = await asyncpg.connect(
            self.dsn,
            timeout=silence.CONNECT_WITHIN,
            command_timeout=None if self._patient else silence.ANSWER_WITHIN,
            server_settings={
                "application_name": f"praksis-{self.service}",
                "statement_timeout": f"{silence.STATEMENT}s",
                "lock_timeout": "10s",
                "idle_in_transaction_session_timeout": f"{silence.IDLE_IN_TRANSACTION}s",
                **silence.OF_THE_SERVER,
            },
        )
        silence.limit_silence(connection)
        return connection

    def shadow(self) -> "Database":
        """The same database, but with every table of the service taken from the schema for rebuilding.

        It shares the connection pool of this one, and is closed with it.
        """
        shadow = copy(self)
        shadow._engine = self._engine.execution_options(
            schema_translate_map={self.service: rebuild_schema(self.service)}
        )
        shadow._sessions = async_sessionmaker(shadow._engine, expire_on_commit=False)
        return shadow

    @asynccontextmanager
    async def work(self) -> AsyncIterator[UnitOfWork]:
        """A unit of work; leaving it without `commit` rolls back."""
        async with self._sessions() as session:
            yield self.unit_of_work(session)

    def unit_of_work(self, session: AsyncSession) -> UnitOfWork:
        """A unit of work on a session of this database, which begins now."""
        return UnitOfWork(session, self.tables, self.service, self.clock.now())

    async def ping(self) -> None:
        """Raise if the database does not answer."""
        async with self._sessions() as session:
            await session.execute(text("select 1"))

    async def close(self) -> None:
        """Close the connection pool."""
        await self._engine.dispose()


def _end_what_is_silent(context: ExceptionContext) -> None:
    """Terminate a connection that has not answered in time; it is not even used for a rollback."""
    if isinstance(context.original_exception, TimeoutError) and context.connection is not None:
        silent = context.connection.connection.driver_connection
        assert silent is not None
        silent.terminate()
        context.is_disconnect = True


def _take_no_lost_connection(connection: DBAPIConnection, record: object, proxy: object) -> None:
    """Make the pool replace a connection that has ended while it was idle.

    The event loop has noticed its end; to ask the server instead (`pool_pre_ping`) costs three round trips per unit of
    work.
    """
    if connection.driver_connection.is_closed():
        raise DisconnectionError("the connection has ended while it was idle")
