"""Compares what the log holds for a service with what the service has had.

What is in the log and not yet with the service may still stand in a queue. So a tick is put behind everything that is
there: once it has passed all queues, what has had no effect and waits nowhere has been missed.
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
"""Events with the offsets at which they stand in the log."""


@dataclass(frozen=True, slots=True)
class _Tick:
    id: UUID
    generation: int
    events: Offsets
    """What stood in the log when the tick was put."""
    whole_at: datetime | None
    """When that was all that stood there; nothing where more had not been read yet."""


class ReceiptCheck:
    """Events that have been met in the log and of which it is open whether the service has had them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._met: Offsets = {}
        self._tick: _Tick | None = None
        self.had_until: datetime | None = None
        """What the log held by then the service has had; nothing as long as that has not been found out."""

    @property
    def open(self) -> int:
        """Of how many events it is not known yet."""
        return len(self._met) + (len(self._tick.events) if self._tick else 0)

    @property
    def first_open(self) -> int | None:
        """The first offset that is not decided."""
        offsets = [*self._met.values(), *(self._tick.events.values() if self._tick else ())]
        return min(offsets, default=None)

    def meet(self, identity: UUID, offset: int) -> None:
        """Note that the log has an event for the service."""
        self._met.setdefault(identity, offset)

    def begin_anew(self) -> None:
        """It is another log: nothing has been met in it."""
        self._met.clear()
        self._tick = None

    async def missed(self, broker: AbstractConnection, whole_at: datetime | None) -> Offsets:
        """What is certain to have passed the service by. Puts a tick where something is open, and waits for none.

        `whole_at` is when the log held no more than what has been met; nothing where more has not been read yet.
        """
        generation = await self._only_generation()
        if generation is None:
            return {}  # what is being emptied or read from the log is not to be judged yet
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
                    return  # the queue is lost, which the next preparation mends
        self._met, self._tick = {}, tick

    async def _not_had(self, events: Offsets) -> Offsets:
        async with self._database.work() as work:
            missing = await not_had(work, self._database.tables, list(events))
        return {identity: events[identity] for identity in missing}


async def not_had(work: UnitOfWork, tables: KernelTables, identities: Sequence[UUID]) -> set[UUID]:
    """Those of the events that have had no effect, were not given up, and do not wait after a failure either."""
    return set(await work.session.scalars(_not_had(tables), {"ids": list(identities)}))


@cache
def _not_had(tables: KernelTables) -> Select[tuple[UUID]]:
    received, parked = tables.received, tables.parked
    given = func.unnest(bindparam("ids", type_=ARRAY(Uuid))).table_valued("id").render_derived("given")
    return select(given.c.id).where(
        ~select(received.c.identity).where(received.c.identity == given.c.id).exists(),
        ~select(parked.c.id).where(parked.c.identity == given.c.id, ~parked.c.outgoing).exists(),
    )
