"""Lets services react to each other in one process and without a broker, for tests of what they do together.

The declarations are the ones that the inbox works with, and so are the transactions; events take the way through their
bytes. What is not there is the broker's part: time, redelivery, dead letters. An event that cannot be handled is the
test's failure, and raises.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select, update

from shared.database import Database
from shared.events.effects import Effects
from shared.events.envelope import Envelope, decode, encode
from shared.events.handlers import Handlers


@dataclass(frozen=True, slots=True)
class BrokerInMemory:
    """Between the services whose handlers are given, each by its database."""

    services: Mapping[Database, Handlers]

    async def deliver(self) -> list[str]:
        """Give every event its effects, and theirs, until nothing is left; returns the routing keys in their order."""
        delivered: list[str] = []
        while coming := [envelope for database in self.services for envelope in await _take(database)]:
            for envelope in coming:
                await self._deliver(decode(encode(envelope)))
                delivered.append(envelope.routing_key)
        return delivered

    async def _deliver(self, envelope: Envelope) -> None:
        for database, handlers in self.services.items():
            if handlers.of(envelope.type):
                await Effects(database, handlers).of_all([envelope])


async def _take(database: Database) -> list[Envelope]:
    """What has not left the log yet, which counts as sent from now on."""
    event = database.tables.event
    async with database.work() as work:
        rows = (
            await work.session.execute(select(event).where(event.c.dispatched_at.is_(None)).order_by(event.c.position))
        ).all()
        await work.session.execute(
            update(event).where(event.c.id.in_([row.id for row in rows])).values(dispatched_at=func.now())
        )
        await work.commit()
    return [
        Envelope(
            id=str(row.id),
            source=database.service,
            type=row.type,
            subject=row.subject,
            sequence=row.sequence,
            time=row.time,
            correlation_id=row.correlation_id,
            causation_id=row.causation_id,
            traceparent=row.traceparent,
            data=row.data,
        )
        for row in rows
    ]
