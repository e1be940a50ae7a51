"""Brings what the broker has given up on to where operators see it.

The broker gives up on a message after `DELIVERY_LIMIT` deliveries without an acknowledgement: its handler ends the
process, time and again. Another try would end it once more, so the event waits for an operator; so do neighbours that
were delivered together with it, which lose nothing but time.
"""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from aio_pika import connect

from shared.database import Database
from shared.events.consumption import consume_groups
from shared.events.envelope import Malformed, decode
from shared.events.failures import GivenUp, park, seen_among, type_of
from shared.events.topology import DELIVERY_LIMIT, dead_letter_queue, declare_dead_letters
from shared.monitoring import numbers


class DeadLetters:
    """Runs in a service's worker until `stop` is set."""

    def __init__(self, *, database: Database, amqp_url: str) -> None:
        self._database = database
        self._amqp_url = amqp_url

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until `stop`. Raises when a connection is lost; the caller runs it again.

        The queue is declared first: one that the broker has lost is there again when it is needed.
        """
        async with await connect(self._amqp_url, timeout=10) as broker:
            await declare_dead_letters(await broker.channel(), self._database.service)
            await consume_groups(broker, dead_letter_queue(self._database.service), self._park, stop)

    async def _park(self, bodies: Sequence[bytes], deliveries: int) -> None:
        tables = self._database.tables
        async with self._database.work() as work:
            seen = await seen_among(work, tables, [event_id for body in bodies if (event_id := _id_of(body))])
            for body in bodies:
                if _id_of(body) not in seen:
                    numbers.attempt_failed(self._database.service, type_of(body), GivenUp())
                    await park(work, tables, body, GivenUp(), DELIVERY_LIMIT)
            await work.commit()


def _id_of(body: bytes) -> UUID | None:
    try:
        return decode(body).id
    except Malformed:
        return None
