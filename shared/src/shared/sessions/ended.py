"""Which sessions have ended, as far as this process knows: at most `LOOK_EVERY` behind its service's table."""

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
"""Seconds between two looks at the table, however many requests come."""
LOOK_AT_ALL_EVERY = 300.0
"""Seconds between two looks at all that may count."""
_OVERLAP = timedelta(minutes=2)
"""A row is dated when its transaction began, and seen when that has ended; where that takes longer still, the next look
at all finds it."""


class EndedSessions:
    """Kept in memory, so that a request costs no question of its own; read when somebody who has signed in asks."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._until: dict[UUID, datetime] = {}
        self._reading = asyncio.Lock()
        self._tried_at: float | None = None
        self._seen_at: float | None = None
        self._all_seen_at: float | None = None

    def has_ended(self, issued_at: datetime, *ids: UUID) -> bool:
        """Whether a session that began then has been ended, under its own id or its person's."""
        return any(issued_at <= self._until[id] for id in ids if id in self._until)

    def note(self, ended_id: UUID, until: datetime) -> None:
        """Count these sessions as ended from now on, in this process, without a look."""
        self._until[ended_id] = max(until, self._until.get(ended_id, until))

    async def look(self) -> None:
        """Learn what has been ended, unless that was done a moment ago.

        Where the database does not answer, what was known counts on: then nothing else that needs it is answered
        either. Raises what else the database raises.
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
        """How far back to look: over all that may count at first and now and then, else since the last time."""
        if self._seen_at is None or self._all_seen_at is None or now - self._all_seen_at >= LOOK_AT_ALL_EVERY:
            return KEPT
        return min(KEPT, timedelta(seconds=now - self._seen_at) + _OVERLAP)

    def _take(self, rows: Iterable[tuple[UUID, datetime]]) -> None:
        for id, until in rows:
            self.note(id, until)
        limit = datetime.now(UTC) - KEPT
        for id in [id for id, until in self._until.items() if until < limit]:
            del self._until[id]
