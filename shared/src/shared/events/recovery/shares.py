"""Rebalancing: several workers of a service share its queues (partitions).

The broker gives all events of a queue to its single active consumer, the worker that subscribed first; the others stand
by. So the first worker would have all queues. A worker that has more than its share therefore leaves a queue, and
subscribes again as the last of those that stand by.
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
"""Seconds between checks whether this worker has more than its share."""


class Share:
    """One worker's share of a generation's queues, until `over`."""

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
        """Note that this worker subscribes to a queue, as the last of those that stand by. The returned event is set
        when it must leave the queue."""
        self._active.discard(queue)
        self._leave[queue] = leave = asyncio.Event()
        if self._over.is_set():
            leave.set()
        return leave

    def noting(self, queue: str, deal_with: DealWith) -> DealWith:
        """Wrap `deal_with` so that it notes that this worker is the queue's active consumer."""

        async def deal(bodies: Sequence[bytes], deliveries: int) -> None:
            self._active.add(queue)
            await deal_with(bodies, deliveries)

        return deal

    async def keep_fair(self) -> None:
        """Leave queues one by one while this worker has more than its share. Once `over` is set, leave all and
        return."""
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
            return len(self._queues)  # nothing is known of the other workers, so this one leaves no queue
        return ceil(len(self._queues) / max(1, present))


async def workers_present(database: Database) -> int:
    """How many workers of the service run: each has one database connection of its relay, whether it leads or stands
    by."""
    statement = text(
        "select count(*) from pg_stat_activity"
        " where application_name = :name and usename = current_user and datname = current_database()"
    )
    async with database.work() as work:
        return int(await work.session.scalar(statement, {"name": relay_name(database.service)}) or 0)
