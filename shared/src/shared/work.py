"""The unit of work: the only thing in Praksis that commits."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Integer, Text, bindparam, delete, func, insert, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import ReturningInsert
from uuid_utils.compat import uuid7

from shared.contracts.base import Event
from shared.decision import Decision
from shared.events.envelope import Envelope
from shared.tables import KernelTables
from shared.telemetry import current_traceparent


@dataclass(frozen=True, slots=True)
class _Fact:
    """An event with the conversation it belongs to."""

    event: Event
    correlation_id: UUID
    causation_id: UUID | None
    traceparent: str | None

    def columns(self) -> dict[str, Any]:
        return {
            "type": self.event.type_name(),
            "correlation_id": self.correlation_id,
            "causation_id": self.causation_id,
            "traceparent": self.traceparent,
            "data": self.event.model_dump(mode="json"),
        }


class UnitOfWork:
    """One transaction: rows through `session`, facts through `publish`, both or neither by `commit`.

    `now` is the time at which the work began, so that everything in it happens at one moment.
    """

    def __init__(self, session: AsyncSession, tables: KernelTables, service: str, now: datetime) -> None:
        self.session = session
        self.now = now
        self._tables = tables
        self._service = service
        self._published: list[_Fact] = []
        self._scheduled: dict[str, tuple[datetime, _Fact] | None] = {}
        self._correlation_id: UUID = uuid7()
        self._causation_id: UUID | None = None

    def record(self, decision: Decision[Any]) -> None:
        """Append a decision's events to the log and set its timers when this work commits; its state is saved apart."""
        self.publish(*decision.events)
        for timer in decision.timers:
            self.schedule(timer.key, timer.due_at, timer.event)

    def publish(self, *events: Event) -> None:
        """Append the events to the log when this work commits."""
        self._published.extend(self._fact(event) for event in events)

    def schedule(self, key: str, due_at: datetime, event: Event) -> None:
        """Publish the event once `due_at` has come. A timer of the same `key` that is not due yet is replaced."""
        self._scheduled[key] = (due_at, self._fact(event))

    def cancel(self, key: str) -> None:
        """Let the timer of this `key` never come due; where there is none, nothing happens."""
        self._scheduled[key] = None

    @contextmanager
    def caused_by(self, envelope: Envelope) -> Iterator[None]:
        """What is published inside is an effect of `envelope` and continues its conversation."""
        with self.continuing(envelope.correlation_id, envelope.id):
            yield

    @contextmanager
    def continuing(self, correlation_id: UUID, causation_id: UUID | None) -> Iterator[None]:
        """What is published inside belongs to this conversation."""
        before = self._correlation_id, self._causation_id
        self._correlation_id, self._causation_id = correlation_id, causation_id
        try:
            yield
        finally:
            self._correlation_id, self._causation_id = before

    async def commit(self) -> None:
        """Write rows, events and timers together, and wake the relay. Raises what the database raises; then nothing is
        kept."""
        if self._published or self._scheduled:
            await self.session.flush()
            await self._set_timers()
            await self._append()
        await self.session.commit()
        self._published.clear()
        self._scheduled.clear()

    def _fact(self, event: Event) -> _Fact:
        if event.producer != self._service:
            raise ValueError(f"{type(event).__name__} is published by {event.producer}, not by {self._service}")
        return _Fact(event, self._correlation_id, self._causation_id, current_traceparent())

    async def _set_timers(self) -> None:
        timer = self._tables.timer
        for key, wish in sorted(self._scheduled.items(), key=lambda timer: timer[0]):
            if wish is None:
                await self.session.execute(delete(timer).where(timer.c.key == key))
            else:
                due_at, fact = wish
                values = {"key": key, "due_at": due_at, **fact.columns()}
                statement = upsert(timer).values(values).on_conflict_do_update(index_elements=["key"], set_=values)
                await self.session.execute(statement)

    async def _append(self) -> None:
        if not self._published:
            return
        sequences = await self._advance(Counter(fact.event.subject for fact in self._published))
        rows = []
        for fact in self._published:
            subject = fact.event.subject
            sequences[subject] += 1
            own = {"id": uuid7(), "time": self.now, "subject": subject, "sequence": sequences[subject]}
            rows.append(own | fact.columns())
        await self.session.execute(insert(self._tables.event), rows)
        await self.session.execute(text("select pg_notify(:channel, '')"), {"channel": relay_channel(self._service)})

    async def _advance(self, counts: Counter[str]) -> dict[str, int]:
        """Move each subject's counter, and return where it stood.

        The counter's row stays locked until this work is over, so that two works that tell of one subject at once
        stand in the log one after the other; the order of the rows keeps them from waiting for each other.
        """
        given = {"subjects": sorted(counts), "counts": [counts[subject] for subject in sorted(counts)]}
        advanced = await self.session.execute(_advancing(self._tables), given)
        return {row.subject: row.sequence - counts[row.subject] for row in advanced}


@cache
def _advancing(tables: KernelTables) -> ReturningInsert[tuple[str, int]]:
    """Add to the counters of some subjects, in their order. Made once: to make it costs more than to run it."""
    counter = tables.last_sequence
    subjects, counts = bindparam("subjects", type_=ARRAY(Text)), bindparam("counts", type_=ARRAY(Integer))
    given = func.unnest(subjects, counts).table_valued("subject", "sequence").render_derived("given")
    statement = upsert(counter).from_select(["subject", "sequence"], select(given.c.subject, given.c.sequence))
    return statement.on_conflict_do_update(
        index_elements=["subject"], set_={"sequence": counter.c.sequence + statement.excluded.sequence}
    ).returning(counter.c.subject, counter.c.sequence)


def relay_channel(service: str) -> str:
    """The name on which a commit wakes the service's relay."""
    return f"praksis_{service}_relay"
