"""The unit of work: one transaction for state, events (transactional outbox) and timers. Nothing else in Praksis
commits."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, Text, TextClause, Uuid, bindparam, delete, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from shared.contracts.base import Event
from shared.decision import Decision, State
from shared.events.envelope import LONGEST, Envelope
from shared.tables import KernelTables
from shared.telemetry import current_traceparent


@dataclass(frozen=True, slots=True)
class _Fact:
    """An event with the correlation and causation ids and the trace context under which it was published."""

    event: Event
    correlation_id: UUID
    causation_id: str | None
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
    """One transaction: rows through `session`, events through `publish`, both or neither by `commit`.

    `now` is the time at which the work began and the time of all events in it. `tables` are the kernel's tables in the
    service's schema.
    """

    def __init__(self, session: AsyncSession, tables: KernelTables, service: str, now: datetime) -> None:
        self.session = session
        self.now = now
        self.tables = tables
        self._service = service
        self._published: list[_Fact] = []
        self._scheduled: dict[str, tuple[datetime, _Fact] | None] = {}
        self._correlation_id: UUID = uuid7()
        self._causation_id: str | None = None

    def record(self, decision: Decision[State]) -> State:
        """Publish a decision's events and schedule its timers on commit, and return its state for the caller to save.

        To be called when nothing can refuse any more: a page that shows a refusal may be committed, and these with it.
        """
        self.publish(*decision.events)
        for timer in decision.timers:
            self.schedule(timer.key, timer.due_at, timer.event)
        return decision.state

    def publish(self, *events: Event) -> None:
        """Append the events to the outbox on commit; the relay sends them after that. Raises `ValueError` for an event
        of another service, or with too long a subject."""
        self._published.extend(self._fact(event) for event in events)

    def schedule(self, key: str, due_at: datetime, event: Event) -> None:
        """Publish the event once `due_at` has come. Replaces a timer of the same `key` that has not come due."""
        self._scheduled[key] = (due_at, self._fact(event))

    def cancel(self, key: str) -> None:
        """Delete the timer of this `key`, if there is one."""
        self._scheduled[key] = None

    @contextmanager
    def caused_by(self, envelope: Envelope) -> Iterator[None]:
        """Events that are published inside are caused by `envelope`: they take over its correlation id, and its id as
        causation id."""
        with self.continuing(envelope.correlation_id, envelope.id):
            yield

    @contextmanager
    def continuing(self, correlation_id: UUID, causation_id: str | None) -> Iterator[None]:
        """Events that are published inside get these correlation and causation ids."""
        before = self._correlation_id, self._causation_id
        self._correlation_id, self._causation_id = correlation_id, causation_id
        try:
            yield
        finally:
            self._correlation_id, self._causation_id = before

    async def commit(self) -> None:
        """Write rows, events and timers in one transaction, and wake the relay. Raises what the database raises; then
        nothing is written."""
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
        if len(event.subject) > LONGEST:
            raise ValueError(f"{type(event).__name__} is about something with a name of over {LONGEST} characters")
        return _Fact(event, self._correlation_id, self._causation_id, current_traceparent())

    async def _set_timers(self) -> None:
        timer = self.tables.timer
        for key, wish in sorted(self._scheduled.items(), key=lambda timer: timer[0]):
            if wish is None:
                await self.session.execute(delete(timer).where(timer.c.key == key))
            else:
                due_at, fact = wish
                values = {"key": key, "due_at": due_at, **fact.columns()}
                statement = upsert(timer).values(values).on_conflict_do_update(index_elements=["key"], set_=values)
                await self.session.execute(statement)

    async def _append(self) -> None:
        if self._published:
            columns = {
                "ids": [uuid7() for _ in self._published],
                "types": [fact.event.type_name() for fact in self._published],
                "subjects": [fact.event.subject for fact in self._published],
                "correlation_ids": [fact.correlation_id for fact in self._published],
                "causation_ids": [fact.causation_id for fact in self._published],
                "traceparents": [fact.traceparent for fact in self._published],
                "data": [fact.event.model_dump_json() for fact in self._published],
            }
            own = {"time": self.now, "channel": relay_channel(self._service)}
            await self.session.execute(_appending(self.tables), columns | own)


@cache
def _appending(tables: KernelTables) -> TextClause:
    """The statement that appends events to the outbox in order, each with the next sequence number of its subject, and
    wakes the relay.

    It is a single statement because each round trip of a commit costs more than its work. A subject's counter stays
    locked until the transaction ends, so two transactions that publish about one subject at once stand in the log one
    after the other. Counters are locked in the order of the subjects, which prevents deadlocks.
    """
    event, counter = tables.event.fullname, tables.last_sequence.fullname
    statement = f"""
    with fact as (
        select * from unnest(:ids, :types, :subjects, :correlation_ids, :causation_ids, :traceparents, :data)
        with ordinality as fact (id, type, subject, correlation_id, causation_id, traceparent, data, place)
    ), advanced as (
        insert into {counter} as counter (subject, sequence)
        select subject, count(*) from fact group by subject order by subject
        on conflict (subject) do update set sequence = counter.sequence + excluded.sequence
        returning subject, sequence as last
    ), appended as (
        insert into {event} (time, id, type, subject, sequence, correlation_id, causation_id, traceparent, data)
        select :time, id, type, subject,
            last + 1 - row_number() over (partition by subject order by place desc),
            correlation_id, causation_id, traceparent, data::jsonb
        from fact join advanced using (subject) order by place
    )
    select pg_notify(:channel, '')
    """  # noqa: S608 (our own names)
    types = {"ids": Uuid, "correlation_ids": Uuid}
    names = ("ids", "types", "subjects", "correlation_ids", "causation_ids", "traceparents", "data")
    arrays = [bindparam(name, type_=ARRAY(types.get(name, Text))) for name in names]
    return text(statement).bindparams(*arrays, bindparam("time", type_=DateTime(timezone=True)))


def relay_channel(service: str) -> str:
    """The Postgres NOTIFY channel on which a commit wakes the service's relay."""
    return f"praksis_{service}_relay"
