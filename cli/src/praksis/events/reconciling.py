"""Compares what the services have sent with what the log holds and with what each of them has had.

It looks into every service's own tables with the settings of that service's worker, so nothing is taken for granted
that somebody says: neither the broker's confirmation nor the queues. It goes back as far as the services remember what
they have had, and the log keeps: of what is older, nobody can tell whether it is missing.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from praksis.events.starts import Start
from praksis.output import Advance
from praksis.replaying import OpenService, blaming, open_service
from praksis.settings import SERVICES, Service, Settings
from shared.events.envelope import Malformed, decode, identity_of
from shared.events.memory import remembered_since
from shared.events.recovery.log_check import send_again
from shared.events.recovery.log_stream import FIRST, NoLog, read_log
from shared.events.recovery.receipt_check import not_had

LOG = "log"
"""What stands in the place of a consumer where the log is looked at."""
CHUNK = 5_000
ON_ITS_WAY = 2.0
"""Seconds after which what is missing is looked at once more: it may have been under way."""


@dataclass(frozen=True, slots=True)
class Sent:
    """An event that its producer's relay has marked as confirmed."""

    position: int
    id: UUID
    type: str
    time: datetime
    identity: UUID


@dataclass(slots=True)
class Comparison:
    """What one producer has sent and one consumer, or the log, was to have."""

    consumer: str
    producer: Service
    sent: int = 0
    missing: dict[UUID, Sent] = field(default_factory=dict)

    @property
    def oldest(self) -> datetime | None:
        """When the first happened that is missing."""
        return min((row.time for row in self.missing.values()), default=None)

    def as_json(self) -> dict[str, object]:
        """The same for programs."""
        return {
            "consumer": self.consumer,
            "producer": self.producer,
            "sent": self.sent,
            "missing": len(self.missing),
            "oldest": self.oldest.isoformat() if self.oldest else None,
            "types": dict(Counter(row.type for row in self.missing.values())),
        }


@dataclass(frozen=True, slots=True)
class Compared:
    """All of the comparisons, of what happened from a moment on."""

    comparisons: Sequence[Comparison]
    since: datetime | None
    """Nothing where it was from the first event on."""
    forgotten: bool
    """Whether something was sent before that was asked for, and is too old to be compared."""

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return not any(each.missing for each in self.comparisons)


async def compare(settings: Settings, start: Start, advance: Advance) -> Compared:
    """Compare what was sent from the start on and is remembered. Raises `WrongUsage` and `Unreachable`."""
    async with AsyncExitStack() as stack:
        services = {each: await stack.enter_async_context(open_service(settings, each)) for each in SERVICES}
        return await _Comparing(services, start, advance).all()


async def send_missing_again(settings: Settings, start: Start, advance: Advance) -> Compared:
    """Let the relays send again what the comparison finds missing; returns the comparison."""
    async with AsyncExitStack() as stack:
        services = {each: await stack.enter_async_context(open_service(settings, each)) for each in SERVICES}
        found = await _Comparing(services, start, advance).all()
        for producer, service in services.items():
            of_this = [each for each in found.comparisons if each.producer == producer]
            missing = {row.id for each in of_this for row in each.missing.values()}
            with blaming(producer):
                await send_again(service.database, sorted(missing))
    return found


class _Comparing:
    def __init__(self, services: Mapping[Service, OpenService], start: Start, advance: Advance) -> None:
        self._services = services
        self._asked = start.place if isinstance(start.place, datetime) else None
        self._remembered = remembered_since(services[SERVICES[0]].database.clock.now())
        self._advance = advance
        self._done = 0

    async def all(self) -> Compared:
        logged = await self._logged()
        forgotten = [await self._has_forgotten(producer) for producer in SERVICES]
        found = [each for producer in SERVICES for each in await self._of(producer, logged)]
        if any(each.missing for each in found):
            await asyncio.sleep(ON_ITS_WAY)
            await self._look_once_more(found)
        return Compared(found, self._since if any(forgotten) else self._asked, any(forgotten))

    @property
    def _since(self) -> datetime:
        return max(self._remembered, self._asked or self._remembered)

    async def _has_forgotten(self, producer: Service) -> bool:
        """Whether the producer has sent something from the start on that is too old to be compared."""
        event = self._services[producer].database.tables.event
        asked = [] if self._asked is None else [event.c.time >= self._asked]
        older = select(event.c.id).where(event.c.time < self._remembered, event.c.dispatched_at < func.now(), *asked)
        with blaming(producer):
            async with self._services[producer].database.work() as work:
                return await work.session.scalar(older.limit(1)) is not None

    async def _logged(self) -> set[UUID]:
        """What stands in the log, as far as it is an event."""
        found: set[UUID] = set()
        first = SERVICES[0]
        with blaming(first), suppress(NoLog):  # without a log, it lacks everything
            async for entries in read_log(self._services[first].amqp_url, FIRST):
                found |= {identity for entry in entries if (identity := _identity_of(entry.body))}
        return found

    async def _of(self, producer: Service, logged: set[UUID]) -> list[Comparison]:
        to_log = Comparison(LOG, producer)
        to_others = {consumer: Comparison(consumer, producer) for consumer in SERVICES}
        async for rows in self._sent_by(producer):
            to_log.sent += len(rows)
            to_log.missing |= {row.identity: row for row in rows if row.identity not in logged}
            for consumer, comparison in to_others.items():
                wanted = [row for row in rows if self._services[consumer].handlers.of(row.type)]
                comparison.sent += len(wanted)
                comparison.missing |= await self._missing(consumer, {row.identity: row for row in wanted})
            self._done += len(rows)
            self._advance(self._done)
        return [to_log, *(each for each in to_others.values() if each.sent)]

    async def _sent_by(self, producer: Service) -> AsyncIterator[Sequence[Sent]]:
        database = self._services[producer].database
        event, position = database.tables.event, 0
        while True:
            statement = (
                select(event.c.position, event.c.id, event.c.type, event.c.time)
                .where(event.c.position > position, event.c.dispatched_at < func.now(), event.c.time >= self._since)
                .order_by(event.c.position)
                .limit(CHUNK)
            )
            with blaming(producer):
                async with database.work() as work:
                    found = (await work.session.execute(statement)).all()
            rows = [Sent(*row, identity_of(producer, str(row.id))) for row in found]
            if not rows:
                return
            yield rows
            position = rows[-1].position

    async def _missing(self, consumer: Service, rows: Mapping[UUID, Sent]) -> dict[UUID, Sent]:
        if not rows:
            return {}
        database = self._services[consumer].database
        with blaming(consumer):
            async with database.work() as work:
                missing = await not_had(work, database.tables, list(rows))
        return {identity: rows[identity] for identity in missing}

    async def _look_once_more(self, found: Sequence[Comparison]) -> None:
        logged = await self._logged() if any(each.missing for each in found if each.consumer == LOG) else set()
        for each in found:
            if each.consumer == LOG:
                each.missing = {identity: row for identity, row in each.missing.items() if identity not in logged}
            else:
                each.missing = await self._missing(Service(each.consumer), each.missing)


def _identity_of(body: bytes) -> UUID | None:
    try:
        return decode(body).identity
    except Malformed:
        return None
