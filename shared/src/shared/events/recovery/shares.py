"""Lets several workers of a service share its queues.

The broker gives all events of a queue to the worker that came first, and the others stand by. So the first worker would
have them all: one that has more than its share leaves a queue and lines up again behind the others.
"""

import asyncio
from collections.abc import Sequence
from math import ceil

import structlog
from sqlalchemy import text

from shared.database import Database
from shared.events.consumption import DealWith
from shared.events.relay import relay_name
from shared.events.supervision import wait_for
from shared.outages import is_outage

log = structlog.get_logger(__name__)

LOOK_EVERY = 5.0
"""Seconds between looks whether others have less."""


class Share:
    """One worker's part of a generation's queues, until `over`."""

    def __init__(self, database: Database, queues: Sequence[str], over: asyncio.Event) -> None:
        self._database = database
        self._queues = queues
        self._over = over
        self._leave: dict[str, asyncio.Event] = {}
        self._active: set[str] = set()

    @property
    def is_over(self) -> bool:
        return self._over.is_set()

    def line_up(self, queue: str) -> asyncio.Event:
        """Become the last in the line before a queue; the event says when to leave it."""
        self._active.discard(queue)
        self._leave[queue] = leave = asyncio.Event()
        if self._over.is_set():
            leave.set()
        return leave

    def noting(self, queue: str, deal_with: DealWith) -> DealWith:
        """The same, noting that this worker is the one that the queue's events come to."""

        async def deal(bodies: Sequence[bytes], deliveries: int) -> None:
            self._active.add(queue)
            await deal_with(bodies, deliveries)

        return deal

    async def keep_fair(self) -> None:
        """Give queues back one by one while other workers have less; returns when it is over, and all are left."""
        while not await wait_for(self._over, LOOK_EVERY):
            if len(self._active) > 1 and len(self._active) > await self._fair():
                queue = self._active.pop()
                log.info("queue left to another worker", queue=queue)
                self._leave[queue].set()
        for leave in self._leave.values():
            leave.set()

    async def _fair(self) -> int:
        try:
            present = await workers_present(self._database)
        except Exception as error:
            if not is_outage(error):
                raise
            return len(self._queues)  # of others nothing is known, and no queue is left because of that
        return ceil(len(self._queues) / max(1, present))


async def workers_present(database: Database) -> int:
    """How many workers of the service there are: each has one relay, which leads or stands by."""
    statement = text(
        "select count(*) from pg_stat_activity"
        " where application_name = :name and usename = current_user and datname = current_database()"
    )
    async with database.work() as work:
        return int(await work.session.scalar(statement, {"name": relay_name(database.service)}) or 0)
