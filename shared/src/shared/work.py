"""The unit of work: the only thing in Praksis that commits."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from shared.contracts.base import Event
from shared.events.envelope import Envelope
from shared.tables import KernelTables
from shared.telemetry import current_traceparent


@dataclass(frozen=True, slots=True)
class _Published:
    event: Event
    correlation_id: UUID
    causation_id: UUID | None
    traceparent: str | None


class UnitOfWork:
    """One transaction: rows through `session`, facts through `publish`, both or neither by `commit`.

    `now` is the time at which the work began, so that everything in it happens at one moment.
    """

    def __init__(self, session: AsyncSession, tables: KernelTables, service: str, now: datetime) -> None:
        self.session = session
        self.now = now
        self._tables = tables
        self._service = service
        self._published: list[_Published] = []
        self._correlation_id: UUID = uuid7()
        self._causation_id: UUID | None = None

    def publish(self, *events: Event) -> None:
        """Append the events to the log when this work commits."""
        for event in events:
            if event.producer != self._service:
                raise ValueError(f"{type(event).__name__} is published by {event.producer}, not by {self._service}")
            self._published.append(_Published(event, self._correlation_id, self._causation_id, current_traceparent()))

    @contextmanager
    def caused_by(self, envelope: Envelope) -> Iterator[None]:
        """What is published inside is an effect of `envelope` and continues its conversation."""
        before = self._correlation_id, self._causation_id
        self._correlation_id, self._causation_id = envelope.correlation_id, envelope.id
        try:
            yield
        finally:
            self._correlation_id, self._causation_id = before

    async def commit(self) -> None:
        """Write rows and events together, and wake the relay. Raises what the database raises; then nothing is kept."""
        if self._published:
            await self.session.flush()
            await self._append()
        await self.session.commit()
        self._published.clear()

    async def _append(self) -> None:
        sequences = await self._last_sequences({published.event.subject for published in self._published})
        rows = []
        for published in self._published:
            subject = published.event.subject
            sequences[subject] = sequences.get(subject, 0) + 1
            rows.append(
                {
                    "id": uuid7(),
                    "type": published.event.type_name(),
                    "subject": subject,
                    "sequence": sequences[subject],
                    "time": self.now,
                    "correlation_id": published.correlation_id,
                    "causation_id": published.causation_id,
                    "traceparent": published.traceparent,
                    "data": published.event.model_dump(mode="json"),
                }
            )
        await self.session.execute(insert(self._tables.event), rows)
        await self.session.execute(text("select pg_notify(:channel, '')"), {"channel": relay_channel(self._service)})

    async def _last_sequences(self, subjects: set[str]) -> dict[str, int]:
        event = self._tables.event
        found = await self.session.execute(
            select(event.c.subject, func.max(event.c.sequence).label("last"))
            .where(event.c.subject.in_(subjects))
            .group_by(event.c.subject)
        )
        return {row.subject: row.last for row in found}


def relay_channel(service: str) -> str:
    """The name on which a commit wakes the service's relay."""
    return f"praksis_{service}_relay"
