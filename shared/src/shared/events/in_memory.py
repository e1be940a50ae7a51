"""An in-memory broker for tests of what services do together, in one process.

It uses the same handler declarations and transactions as the inbox, and passes events through their bytes. What it
lacks is the broker's part: time, redelivery, dead-lettering. An event that cannot be handled raises, and so fails the
test.
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
    """Delivers events between the services whose handlers are given, each by its database."""

    services: Mapping[Database, Handlers]

    async def deliver(self) -> list[str]:
        """Deliver all unsent events, and those that they cause, until none is left; returns their routing keys in
        order."""
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
    """The unsent events of a service's outbox, which are marked as sent."""
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
