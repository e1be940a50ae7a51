"""Brings what the broker has given up on to where operators see it.

The broker gives up on a message after `DELIVERY_LIMIT` deliveries without an acknowledgement: its handler ends the
process, time and again. Another try would end it once more, so the event waits for an operator; so do neighbours that
were delivered together with it, which lose nothing but time.
"""

import asyncio
from collections.abc import Sequence

from shared.database import Database
from shared.events.consumption import consume_groups
from shared.events.envelope import Malformed, decode
from shared.events.failures import GivenUp, park, seen_among
from shared.events.topology import DELIVERY_LIMIT, dead_letter_queue


class DeadLetters:
    """Runs in a service's worker until `stop` is set."""

    def __init__(self, *, database: Database, amqp_url: str) -> None:
        self._database = database
        self._amqp_url = amqp_url

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until `stop`. Raises when a connection is lost; the caller runs it again."""
        await consume_groups(self._amqp_url, dead_letter_queue(self._database.service), self._park, stop)

    async def _park(self, bodies: Sequence[bytes]) -> None:
        async with self._database.work() as work:
            for body in bodies:
                if not await self._has_had_its_effect(body):
                    await park(work, self._database.tables, body, GivenUp(), DELIVERY_LIMIT)
            await work.commit()

    async def _has_had_its_effect(self, body: bytes) -> bool:
        try:
            event_id = decode(body).id
        except Malformed:
            return False
        async with self._database.work() as work:
            return bool(await seen_among(work, self._database.tables, [event_id]))
