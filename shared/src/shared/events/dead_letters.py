"""Consumes the service's dead-letter queue, and parks the messages where operators see them.

The broker dead-letters a message after `DELIVERY_LIMIT` deliveries without an acknowledgement: something has ended the
process, or rolled its work back, each time. Whether it was this event or one that was delivered with it, is not known.
So it is retried on the schedule, alone: a neighbour is only delayed, and a poison message that ends its process uses up
its attempts, since these are counted beforehand.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from aio_pika import connect

from shared.database import Database
from shared.events.consumption import consume_groups, only_events
from shared.events.envelope import Malformed, decode
from shared.events.failures import IMMEDIATE_ATTEMPTS, GivenUp, park, type_of
from shared.events.memory import TooOld, is_too_old, remembered_since
from shared.events.supervision import outlast
from shared.events.topology import dead_letter_queue, declare_dead_letters
from shared.monitoring import numbers


class DeadLetters:
    """Runs in a service's worker until `stop` is set."""

    def __init__(self, *, database: Database, amqp_url: str) -> None:
        self._database = database
        self._amqp_url = amqp_url

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until `stop`. Raises when a connection is lost; the caller runs it again.

        The queue is declared first: one that the broker has lost is there again when the broker needs it.
        """
        await self._database.ping()  # else messages are delivered that cannot be parked, and the broker counts that
        async with await connect(self._amqp_url, timeout=10) as broker:
            await declare_dead_letters(await broker.channel(), self._database.service)

            async def deal_with(bodies: Sequence[bytes], _: int) -> None:
                await outlast(lambda: self._park(bodies), stop)

            queue = dead_letter_queue(self._database.service)
            await consume_groups(broker, queue, deal_with, stop, kind=only_events)

    async def _park(self, bodies: Sequence[bytes]) -> None:
        tables = self._database.tables
        async with self._database.work() as work:
            failed = [(body, _why(body, remembered_since(work.now))) for body in bodies]
            parked = [each for each in failed if await park(work, tables, *each, IMMEDIATE_ATTEMPTS)]
            await work.commit()
        for body, error in parked:
            numbers.attempt_failed(self._database.service, type_of(body), error)


def _why(body: bytes, since: datetime) -> Exception:
    """The reason to park with. An event that is too old is not retried on the schedule: it may have had its effect
    before."""
    try:
        return TooOld() if is_too_old(decode(body), since) else GivenUp()
    except Malformed:
        return GivenUp()
