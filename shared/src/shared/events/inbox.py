"""Takes events from the service's queue and gives each its effect exactly once.

What has arrived is handled in order in one transaction together with the record of having been seen, and acknowledged
after the commit. When a group fails, each of its events is handled alone, and only the guilty one is parked.
"""

import asyncio
from collections.abc import Sequence

import structlog

from shared.database import Database
from shared.events.consumption import consume_groups
from shared.events.effects import Effects
from shared.events.envelope import decode
from shared.events.failures import IMMEDIATE_ATTEMPTS, is_permanent, park
from shared.events.handlers import Handlers
from shared.events.topology import service_queue

log = structlog.get_logger(__name__)

PAUSE_BETWEEN_ATTEMPTS = 0.2
"""Seconds, doubled from attempt to attempt."""


class Inbox:
    """Runs in a service's worker until `stop` is set."""

    def __init__(self, *, database: Database, handlers: Handlers, amqp_url: str) -> None:
        self._effects = Effects(database, handlers)
        self._queue = service_queue(database.service)
        self._amqp_url = amqp_url

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until `stop`. Raises when the connection or the consumer is lost; the caller runs it again."""
        await consume_groups(self._amqp_url, self._queue, self.handle_group, stop)

    async def handle_group(self, bodies: Sequence[bytes]) -> None:
        """Give a group its effect; when this returns, it has been committed."""
        try:
            await self._effects.of_all([decode(body) for body in bodies])
        except Exception as error:
            log.warning("group failed, each event is handled alone", size=len(bodies), error=type(error).__name__)
            for body in bodies:
                await self._handle_alone(body)

    async def _handle_alone(self, body: bytes) -> None:
        pause = PAUSE_BETWEEN_ATTEMPTS
        for attempt in range(1, IMMEDIATE_ATTEMPTS + 1):
            try:
                await self._effects.of_all([decode(body)])
                return
            except Exception as error:
                if attempt == IMMEDIATE_ATTEMPTS or is_permanent(error):
                    await self._park(body, error, attempt)
                    return
                await asyncio.sleep(pause)
                pause *= 2

    async def _park(self, body: bytes, error: Exception, attempts: int) -> None:
        database = self._effects.database
        await database.ping()  # a lost database is nobody's guilt: the group stays with the broker
        async with database.work() as work:
            await park(work, database.tables, body, error, attempts)
            await work.commit()
