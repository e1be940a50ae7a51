"""The relay's reading and marking of the transactional outbox: which events are sent next, and what became of them."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import asyncpg
import structlog
from uuid_utils.compat import uuid7

from shared.catalogue.schemas import address_of
from shared.events.envelope import Envelope, encode, routing_key_of
from shared.events.failures import State
from shared.events.lead import Lead, LeadLost
from shared.events.sending import Outcome

log = structlog.get_logger(__name__)

BATCH = 500
MOST_OF_ONE = 50
"""Most events of one subject in a batch that cannot hold all: events of one subject are published one after the other,
and the rest of the batch waits for them."""
LOOK_AHEAD = 50_000
"""How many unsent events are searched for those of other subjects."""
_PARKED = (Outcome.UNROUTABLE, Outcome.OVERSIZED, Outcome.MALFORMED, Outcome.REJECTED)

_LEAVING = "dispatched_at is null and subject <> all (array(select subject from parked where outgoing))"
_ROW = """
id, type, subject, sequence, correlation_id, causation_id, traceparent, data,
case when time between '0001-01-01T00:00Z' and '9999-12-31T00:00Z' then time else '-infinity' end as time
"""
"""The columns of an event. A time that Python cannot represent is replaced: otherwise one such row would keep all
events from leaving."""
_NEXT = f"select {_ROW} from event where {_LEAVING} order by position limit $1"  # noqa: S608 (our own words)
_NEXT_IN_TURNS = f"""
with ahead as (
    select position, time, row_number() over (partition by subject order by position) as place
    from (select position, time, subject from event where {_LEAVING} order by position limit $2) as leaving
)
select {_ROW} from event join ahead using (position, time)
where place <= $3 order by place, position limit $1
"""  # noqa: S608
_MARK = """
update event set dispatched_at = now()
where id = any($2) and time between $3 and $4 and exists (select from lead where number = $1)
returning id
"""
_PARK = """
insert into parked (
    id, outgoing, state, identity, event_id, source, subject, sequence, type, traceparent,
    reason, attempts, first_failed_at, last_failed_at, body
) select $2, true, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1, now(), now(), $12
where exists (select from lead where number = $1)
on conflict (identity, outgoing) do update set outgoing = true returning id
"""


class Outgoing:
    """The leader's access to the outbox. Each write names the lease's number (fencing token), so that an old leader
    changes nothing."""

    def __init__(self, lead: Lead, service: str, home: str) -> None:
        self._lead = lead
        self._service = service
        self._home = home
        self._unsettled: list[tuple[Envelope, Outcome]] = []

    async def next_batch(self) -> list[Envelope]:
        """The next unsent events, in the order of the log, `BATCH` at most. Subjects with a parked outgoing event are
        left out: what follows it waits for an operator.

        Where one subject has very many unsent events, other subjects take turns with it, since order counts within a
        subject only. Outcomes that could not be written because the database was at fault are written first; otherwise
        the same events would be sent again and again.
        """
        await self._settle()
        rows = await self._lead.fetch(_NEXT, BATCH)
        if len(rows) == BATCH and max(Counter(row["subject"] for row in rows).values()) > MOST_OF_ONE:
            rows = await self._lead.fetch(_NEXT_IN_TURNS, BATCH, LOOK_AHEAD, MOST_OF_ONE)
        return [self._envelope(row) for row in rows]

    async def settle(self, batch: Sequence[Envelope], outcomes: Sequence[Outcome]) -> None:
        """Mark the events that the broker has confirmed as dispatched, and park those that cannot be sent, with the
        reason. Raises `LeadLost`."""
        self._unsettled = list(zip(batch, outcomes, strict=True))
        await self._settle()

    async def _settle(self) -> None:
        sent = [envelope for envelope, outcome in self._unsettled if outcome is Outcome.CONFIRMED]
        if sent:
            times = [envelope.time for envelope in sent]
            ids = [envelope.id for envelope in sent]
            if not await self._lead.fetch(_MARK, self._lead.number, ids, min(times), max(times)):
                raise LeadLost
        for envelope, outcome in self._unsettled:
            if outcome in _PARKED:
                await self._park(envelope, outcome)
        self._unsettled = []

    async def _park(self, envelope: Envelope, outcome: Outcome) -> None:
        log.error("event cannot be sent", event_id=envelope.id, type=envelope.type, reason=outcome.value)
        kept = await self._lead.fetch(
            _PARK,
            self._lead.number,
            uuid7(),
            State.PARKED,
            envelope.identity,
            envelope.id,
            envelope.source,
            envelope.subject,
            envelope.sequence,
            envelope.type,
            envelope.traceparent,
            outcome.value,
            _body(envelope),
        )
        if not kept:
            raise LeadLost

    def _envelope(self, row: asyncpg.Record) -> Envelope:
        type_name: str = row["type"]
        return Envelope(
            id=str(row["id"]),
            source=self._service,
            type=type_name,
            subject=row["subject"],
            sequence=row["sequence"],
            time=row["time"],
            correlation_id=row["correlation_id"],
            causation_id=row["causation_id"],
            traceparent=row["traceparent"],
            data=_data(row["data"]),
            dataschema=address_of(routing_key_of(type_name), self._home),
        )


def _body(envelope: Envelope) -> bytes:
    """The bytes that are parked: the encoded event, without its data where they could be read but are nested too deeply
    to be encoded."""
    try:
        return encode(envelope)
    except RecursionError:
        return encode(replace(envelope, data={}))


def _data(written: str) -> Any:
    """The data as they stand in the log, or None where they are too deep or too long to be parsed. No valid event has
    None."""
    try:
        return json.loads(written)
    except (ValueError, RecursionError):
        return None
