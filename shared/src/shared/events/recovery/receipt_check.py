"""Finds events that the log has for a service and the service has never received.

An event that is in the log and has not been received may still be in a queue. So a tick is put behind all messages of
each queue. Once every queue has been consumed as far as the tick, an event that has neither been received nor parked
was missed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from aio_pika.abc import AbstractConnection
from sqlalchemy import ARRAY, Select, Uuid, bindparam, func, select
from uuid_utils.compat import uuid7

from shared.database import Database
from shared.events.recovery.generations import Generation, generations, passed_by
from shared.events.topology import put_tick, service_queue
from shared.tables import KernelTables
from shared.work import UnitOfWork

Offsets = dict[UUID, int]
"""Events by identity, with their offsets in the log."""


@dataclass(frozen=True, slots=True)
class _Tick:
    id: UUID
    generation: int
    events: Offsets
    """The undecided events that were in the log when the tick was put."""
    whole_at: datetime | None
    """When the log held no more than had been read; None where not all of it had been read yet."""


class ReceiptCheck:
    """Collects events that the log has for the service, until it is known whether the service has received them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._met: Offsets = {}
        self._tick: _Tick | None = None
        self.had_until: datetime | None = None
        """Every event that was in the log at this moment has been received or parked; None until that is known."""

    @property
    def open(self) -> int:
        """How many events are undecided."""
        return len(self._met) + (len(self._tick.events) if self._tick else 0)

    @property
    def first_open(self) -> int | None:
        """The lowest offset of an undecided event, or None."""
        offsets = [*self._met.values(), *(self._tick.events.values() if self._tick else ())]
        return min(offsets, default=None)

    def meet(self, identity: UUID, offset: int) -> None:
        """Note that the log has an event for the service."""
        self._met.setdefault(identity, offset)

    def begin_anew(self) -> None:
        """Forget everything: the log is a new one."""
        self._met.clear()
        self._tick = None

    async def missed(self, broker: AbstractConnection, whole_at: datetime | None) -> Offsets:
        """The events that the service has certainly missed. Puts a new tick where events are undecided, and does not
        wait for it.

        `whole_at` is when the log held no more than has been met; None where not all of it has been read yet.
        """
        generation = await self._only_generation()
        if generation is None:
            return {}  # while old queues are drained or the log is replayed, nothing is certain
        found: Offsets = {}
        if self._tick is not None and self._tick.generation != generation.number:
            self._met, self._tick = self._tick.events | self._met, None
        if self._tick is not None and await passed_by(self._database, generation.number, self._tick.id):
            passed, self._tick = self._tick, None
            found = await self._not_had(passed.events)
            self.had_until = self.had_until if found else passed.whole_at or self.had_until
        if self._tick is None and self._met:
            await self._put_tick(broker, generation, whole_at)
        if not found and not self.open:
            self.had_until = whole_at or self.had_until
        return found

    async def _only_generation(self) -> Generation | None:
        found = await generations(self._database)
        newest = found[-1] if len(found) == 1 else None
        return newest if newest and newest.declared_at and newest.replay_from is None else None

    async def _put_tick(self, broker: AbstractConnection, generation: Generation, whole_at: datetime | None) -> None:
        tick = _Tick(uuid7(), generation.number, self._met, whole_at)
        async with broker.channel() as channel:
            for number in generation.undrained:
                if not await put_tick(
                    channel, service_queue(self._database.service, generation.number, number), tick.id
                ):
                    return  # the queue is lost; the next preparation replaces it
        self._met, self._tick = {}, tick

    async def _not_had(self, events: Offsets) -> Offsets:
        async with self._database.work() as work:
            missing = await not_had(work, self._database.tables, list(events))
        return {identity: events[identity] for identity in missing}


async def not_had(work: UnitOfWork, tables: KernelTables, identities: Sequence[UUID]) -> set[UUID]:
    """Those of the events that have neither been received nor given up, and are not parked as incoming failures."""
    return set(await work.session.scalars(_not_had(tables), {"ids": list(identities)}))


@cache
def _not_had(tables: KernelTables) -> Select[tuple[UUID]]:
    received, parked = tables.received, tables.parked
    given = func.unnest(bindparam("ids", type_=ARRAY(Uuid))).table_valued("id").render_derived("given")
    return select(given.c.id).where(
        ~select(received.c.identity).where(received.c.identity == given.c.id).exists(),
        ~select(parked.c.id).where(parked.c.identity == given.c.id, ~parked.c.outgoing).exists(),
    )
