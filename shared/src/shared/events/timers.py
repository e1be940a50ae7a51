"""Publishes scheduled events (delayed messages) once they are due.

A timer's row is deleted in the transaction that appends its event to the outbox, so it survives restarts and fires
once. One worker at a time looks for due timers, so that their events enter the log in the order of their times.
"""

import asyncio
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Row, Select, delete, select, text

from shared.contracts.published import PUBLISHED
from shared.database import Database
from shared.events.supervision import wait_for
from shared.telemetry import context_of, tracer
from shared.work import UnitOfWork

log = structlog.get_logger(__name__)

LOOK_EVERY = 1.0
"""Seconds between looks for due timers."""
BATCH = 100
"""Most timers that are published in one transaction."""
SET_ASIDE_FOR = 600.0
"""Seconds for which a worker skips a timer that it could not publish; then it tries, and logs the error, again."""


class Timers:
    """Runs in a service's worker until `stop` is set; several workers may run it.

    A timer whose event type this worker does not know, or whose data do not fit, keeps its row and delays no other
    timer: during a rolling upgrade a newer worker may know it, and else the operator finds the error in the log.
    """

    def __init__(self, *, database: Database) -> None:
        self._database = database
        self._aside: dict[str, float] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Publish due timers again and again. Raises when the database is lost; the caller runs it again."""
        while not stop.is_set():
            if await self.publish_due() == 0:
                await wait_for(stop, LOOK_EVERY)

    async def publish_due(self) -> int:
        """Publish the timers that are due, `BATCH` at most. Returns how many were looked at: 0 while another worker
        does it."""
        timer = self._database.tables.timer
        async with self._database.work() as work:
            if not await _is_alone(work, self._database.service):
                return 0
            due = (await work.session.execute(self._due(work.now))).all()
            published = [row for row in due if self._publish(work, row)]
            if published:
                await work.session.execute(delete(timer).where(timer.c.key.in_([row.key for row in published])))
                await work.commit()
        for row in published:
            log.info("timer came due", key=row.key, type=row.type)
        return len(due)

    def _publish(self, work: UnitOfWork, row: Row[Any]) -> bool:
        """Publish a timer's event with the correlation and causation ids under which it was scheduled, or skip it for a
        while; returns whether it was published."""
        try:
            event = PUBLISHED[row.type].model_validate(row.data)
            with (
                work.continuing(row.correlation_id, row.causation_id),
                tracer.start_as_current_span(f"due {event.routing_key()}", context=context_of(row.traceparent)),
            ):
                work.publish(event)
        except (KeyError, ValueError) as error:
            self._aside[row.key] = _monotonic() + SET_ASIDE_FOR
            reason = "unknown type" if isinstance(error, KeyError) else type(error).__name__
            log.error("timer cannot be published", key=row.key, type=row.type, reason=reason)
            return False
        return True

    def _due(self, now: datetime) -> Select[Any]:
        """The query for due timers; rows that another transaction is replacing or cancelling are left for the next
        look."""
        self._aside = {key: until for key, until in self._aside.items() if until > _monotonic()}
        timer = self._database.tables.timer
        return (
            select(timer)
            .where(timer.c.due_at <= now, timer.c.key.not_in(list(self._aside)))
            .order_by(timer.c.due_at, timer.c.key)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )


async def _is_alone(work: UnitOfWork, service: str) -> bool:
    lock = text("select pg_try_advisory_xact_lock(hashtextextended(:name, 0))")
    return bool(await work.session.scalar(lock, {"name": f"praksis.timers.{service}"}))


def _monotonic() -> float:
    return asyncio.get_running_loop().time()
