"""The revoked sessions, cached in memory: at most `LOOK_EVERY` seconds behind the service's table."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from time import monotonic
from uuid import UUID

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import InterfaceError, OperationalError

from shared.database import Database
from shared.sessions.ending import KEPT

log = structlog.get_logger(__name__)

LOOK_EVERY = 1.0
"""Least seconds between two queries of the table, however many requests come."""
LOOK_AT_ALL_EVERY = 300.0
"""Seconds between two queries of all rows that may still count."""
_OVERLAP = timedelta(minutes=2)
"""A row has the time at which its transaction began, and becomes visible when that has committed. Where that takes
longer than this, the next query of all rows finds it."""


class EndedSessions:
    """The cache, so that a request costs no query of its own; refreshed when a signed-in person's request comes."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._until: dict[UUID, datetime] = {}
        self._reading = asyncio.Lock()
        self._tried_at: float | None = None
        self._seen_at: float | None = None
        self._all_seen_at: float | None = None

    def has_ended(self, issued_at: datetime, *ids: UUID) -> bool:
        """Whether a session that was issued at `issued_at` has been ended, by its own id or by its person's."""
        return any(issued_at <= self._until[id] for id in ids if id in self._until)

    def note(self, ended_id: UUID, until: datetime) -> None:
        """Count these sessions as ended from now on, in this process, without a query."""
        self._until[ended_id] = max(until, self._until.get(ended_id, until))

    async def look(self) -> None:
        """Refresh the cache, unless that was done less than `LOOK_EVERY` seconds ago.

        If the database does not answer, the cache is used as it is: requests that need the database fail anyhow. Raises
        other errors of the database.
        """
        if self._is_recent():
            return
        async with self._reading:
            if self._is_recent():
                return
            try:
                await self._read()
            except (OSError, OperationalError, InterfaceError) as error:
                log.warning("ended sessions not read", error=type(error).__name__)
            self._tried_at = monotonic()

    def _is_recent(self) -> bool:
        return self._tried_at is not None and monotonic() - self._tried_at < LOOK_EVERY

    async def _read(self) -> None:
        began = monotonic()
        window = self._window(began)
        table = self._database.tables.ended_session
        recent = select(table.c.id, table.c.issued_until).where(table.c.recorded_at > func.now() - window)
        async with self._database.work() as work:
            rows = [(id, until) for id, until in await work.session.execute(recent)]
        self._take(rows)
        self._seen_at = began
        if window == KEPT:
            self._all_seen_at = began

    def _window(self, now: float) -> timedelta:
        """How far back to query: all rows that may still count at first and every `LOOK_AT_ALL_EVERY` seconds, else
        since the last query."""
        if self._seen_at is None or self._all_seen_at is None or now - self._all_seen_at >= LOOK_AT_ALL_EVERY:
            return KEPT
        return min(KEPT, timedelta(seconds=now - self._seen_at) + _OVERLAP)

    def _take(self, rows: Iterable[tuple[UUID, datetime]]) -> None:
        for id, until in rows:
            self.note(id, until)
        limit = datetime.now(UTC) - KEPT
        for id in [id for id, until in self._until.items() if until < limit]:
            del self._until[id]
