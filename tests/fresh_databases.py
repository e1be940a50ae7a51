"""Databases that no test has used: each is a copy of a template, made while the test before it runs."""

from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from itertools import count

import asyncpg
from anyio import Lock, fail_after, sleep
from anyio.from_thread import BlockingPortal, start_blocking_portal

from local.postgres import PrivatePostgres

_numbers = count(1)
_LEFT_WITHIN = 60.0
"""Seconds within which nobody is connected to a template any more."""


class FreshDatabases:
    """The copies of one template. A copy is handed out once; given back, it is dropped."""

    def __init__(self, portal: BlockingPortal, connection: asyncpg.Connection, template: str) -> None:
        self._portal = portal
        self._connection = connection
        self._one_at_a_time = Lock()
        self._template = template
        self._next = self._begin()

    def take(self) -> str:
        """The name of a fresh database; the next one is begun."""
        name = self._next.result()
        self._next = self._begin()
        return name

    def give_back(self, name: str) -> None:
        """Drop a database, cutting whoever is connected to it."""
        self._portal.call(self._drop, name)

    def close(self) -> None:
        """Drop what was begun."""
        self.give_back(self._next.result())

    def _begin(self) -> Future[str]:
        return self._portal.start_task_soon(self._copy, f"{self._template}_{next(_numbers)}")

    async def _copy(self, name: str) -> str:
        # Copying files costs a third of the processor time that writing every page into the log does.
        statement = f'CREATE DATABASE "{name}" TEMPLATE "{self._template}" STRATEGY file_copy'
        with fail_after(_LEFT_WITHIN):
            while True:
                try:
                    await self._run(statement)
                except asyncpg.ObjectInUseError:  # whoever made the template has hung up and is still being shown out
                    await sleep(0.1)
                else:
                    return name

    async def _drop(self, name: str) -> None:
        await self._run(f'DROP DATABASE "{name}" WITH (FORCE)')

    async def _run(self, statement: str) -> None:
        async with self._one_at_a_time:
            await self._connection.execute(statement)


@contextmanager
def copies_of(postgres: PrivatePostgres, template: str) -> Iterator[FreshDatabases]:
    """Copies of a template that nobody is connected to, over one connection with a thread of its own."""
    with start_blocking_portal() as portal:
        connection = portal.call(asyncpg.connect, postgres.admin_url())
        fresh = FreshDatabases(portal, connection, template)
        try:
            yield fresh
        finally:
            fresh.close()
            portal.call(connection.close)
