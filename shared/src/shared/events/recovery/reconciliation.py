"""Reconciliation: compares what was published, what the log has and what was received, and makes good what is missing.

The broker may lose what it has confirmed: an operator unbinds or purges a queue, or deletes the exchange or the stream;
a node comes back without its data. So every few seconds, and before the relay sends over a new connection, the new
entries of the log are read and compared with both sides. Events that the log lacks are published again from the
service's outbox. Events that the service has missed are replayed from the log to a new generation, as after a lost
queue.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Collection
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import structlog
from aio_pika import connect
from aio_pika.abc import AbstractConnection
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from shared.database import Database
from shared.events.envelope import Malformed, decode
from shared.events.handlers import Handlers
from shared.events.memory import is_too_old, remembered_since
from shared.events.recovery.generations import prepare_generation
from shared.events.recovery.log_check import LogCheck
from shared.events.recovery.log_stream import Entry, end_of_log, read_log_on
from shared.events.recovery.receipt_check import ReceiptCheck
from shared.events.sending import Outcome
from shared.events.supervision import wait_for
from shared.events.topology import declare_log

log = structlog.get_logger(__name__)

LOOK_EVERY = 5.0
"""Seconds between two comparisons."""
MOST_OPEN = 50_000
"""Reading of the log pauses while so many events are undecided, that is, not known to have been received or missed."""
LOGGED_WITHIN = 1.0
"""Seconds within which an event that some queue has refused appears in the log, if it does at all."""
BEGIN_AGAIN_BEFORE = 180.0
"""So many seconds of the log a new leader reads again, since undecided events are kept in memory only. At least what
`log_check.SETTLED` leaves undecided, and the time of one comparison."""


class Reconciliation:
    """Runs in a service's worker until `stop` is set; only the worker whose relay leads (`leads`) compares."""

    def __init__(self, *, database: Database, handlers: Handlers, amqp_url: str, leads: Callable[[], bool]) -> None:
        self._database = database
        self._handlers = handlers
        self._amqp_url = amqp_url
        self._leads = leads
        self._comparison: Comparison | None = None
        self._turn = asyncio.Lock()

    async def run(self, stop: asyncio.Event) -> None:
        """Compare again and again. Raises when a connection is lost; the caller runs it again."""
        async with await connect(self._amqp_url, timeout=10) as broker:
            while not stop.is_set():
                if self._leads():
                    await self.look(broker)
                else:
                    self._comparison = None
                await wait_for(stop, LOOK_EVERY)

    async def look(self, broker: AbstractConnection) -> None:
        """Declare exchange and log if they are gone, compare once, and have missing events published again or replayed.

        Lost bindings are not made again for the present queues: events that came by them would overtake those that were
        missed. A new generation of queues has bindings of its own, and begins with a replay from the first missed
        event.
        """
        async with self._turn:
            async with broker.channel() as channel:  # closed each time: the number of channels is limited
                await declare_log(channel)
            if self._comparison is None or not await self._comparison.is_written_down():
                self._comparison = await Comparison.taken_up(self._database, self._handlers, broker)
            if (missed := await self._comparison.look(broker)) is not None:
                await prepare_generation(self._database, self._amqp_url, self._handlers, replay_from=str(missed))

    async def mark_refused(self, broker: AbstractConnection, event_ids: Collection[str]) -> None:
        """Mark events as dispatched that some queue has refused and that the log has all the same, so that it does not
        get them twice.

        A full queue may refuse everything as long as its owner does nothing, so this does no more of a comparison than
        it must.
        """
        async with self._turn:
            if self._comparison is not None:
                await self._comparison.mark_refused(broker, event_ids)


class Comparison:
    """Reads the log as it grows, and compares it with the service's outbox and with its receipts."""

    def __init__(self, database: Database, handlers: Handlers) -> None:
        self._database = database
        self._keys = {event.routing_key() for event in handlers.events}
        self._next = 0
        self._last: bytes | None = None
        self._places: deque[_Place] = deque()
        self._sent = LogCheck(database)
        self._had = ReceiptCheck(database)
        self._compared_at: datetime | None = None

    @classmethod
    async def taken_up(cls, database: Database, handlers: Handlers, broker: AbstractConnection) -> "Comparison":
        """Continue where the database says that the last comparison ended; the very first begins at the present."""
        comparison = cls(database, handlers)
        table = database.tables.reconciliation
        async with database.work() as work:
            row = (await work.session.execute(select(table))).first()
            last = await work.session.scalar(select(func.max(database.tables.event.c.position)))
        if row is None:
            end = await end_of_log(broker)
            comparison._next, comparison._sent.position = end or 0, last or 0
        else:
            comparison._next, comparison._last = row.log_offset, row.log_entry
            comparison._sent.position = row.position
            comparison._compared_at = row.compared_at
        return comparison

    async def is_written_down(self) -> bool:
        """Whether the database still has the result of this comparison's last look.

        If it was restored to an earlier moment – from a backup, or by failover to a standby that lagged behind – the
        service may not have received what was found to have come.
        """
        async with self._database.work() as work:
            at = await work.session.scalar(select(self._database.tables.reconciliation.c.compared_at))
        return at == self._compared_at

    async def look(self, broker: AbstractConnection) -> int | None:
        """Compare once; returns the offset from which the service must replay the log, or None if it missed nothing."""
        read_at = await self._release_unroutable()
        begun_at = self._database.clock.now()
        self._places.append(_Place(time.monotonic(), self._next, self._last))
        is_at_end = await self._read_on(broker)
        await self._sent.mark_what_is_there()
        unlogged = await self._sent.send_what_is_missing(read_at) if is_at_end else 0
        unknown = await self._sent.unknown() if is_at_end else 0
        missed = await self._had.missed(broker, begun_at if is_at_end else None)
        if unlogged:
            log.error("the log lacked events, which are sent again", events=unlogged)
        if unknown:
            log.error("the log has events of this service that its database does not know", events=unknown)
        if missed:
            log.error("events missed, the log is read again", events=len(missed), offset=min(missed.values()))
        await self._note(unlogged, len(missed))
        return min(missed.values(), default=None)

    async def mark_refused(self, broker: AbstractConnection, event_ids: Collection[str]) -> None:
        """Read on until the log has these events, or `LOGGED_WITHIN` is over, and mark as dispatched those that it
        has."""
        over_at = time.monotonic() + LOGGED_WITHIN
        while not self._sent.has_met(event_ids) and time.monotonic() < over_at:
            await self._read_to_end(broker)
        await self._sent.mark_what_is_there()

    async def _release_unroutable(self) -> datetime:
        """Let the relay send events again that were parked as unroutable before the bindings were declared again;
        returns the time by the database's clock."""
        parked = self._database.tables.parked
        async with self._database.work() as work:
            statement = delete(parked).where(parked.c.outgoing, parked.c.reason == Outcome.UNROUTABLE.value)
            await work.session.execute(statement)
            (now,) = (await work.session.execute(select(func.now()))).one()
            await work.commit()
        return now

    async def _read_on(self, broker: AbstractConnection) -> bool:
        """Read the new entries; returns whether those were all. If the log is a new one, it is read from its
        beginning."""
        if not await self._goes_on(broker):
            log.error("the log is another one than before, and is filled again")
            self._next, self._last = 0, None
            self._places = deque([_Place(time.monotonic(), 0, None)])
            self._sent.begin_anew()
            self._had.begin_anew()
        return await self._read_to_end(broker)

    async def _read_to_end(self, broker: AbstractConnection) -> bool:
        async with aclosing(read_log_on(broker, self._next)) as groups:
            async for entries in groups:
                for entry in entries:
                    self._take(entry)
                if self._had.open >= MOST_OPEN:
                    return False
        return True

    async def _goes_on(self, broker: AbstractConnection) -> bool:
        """Whether the entry that was read last still stands at its offset, or was deleted because of its age: else the
        log is a new one."""
        if self._last is None:
            return True
        async with aclosing(read_log_on(broker, self._next - 1)) as groups:
            async for entries in groups:
                return entries[0].offset >= self._next or _digest(entries[0]) == self._last
        return False

    def _take(self, entry: Entry) -> None:
        self._next, self._last = entry.offset + 1, _digest(entry)
        is_own = entry.routing_key.startswith(f"{self._database.service}.")
        if not is_own and entry.routing_key not in self._keys:
            return
        try:
            envelope = decode(entry.body)
        except Malformed:
            return
        if is_own and envelope.source == self._database.service:
            self._sent.meet(envelope.id)
        if entry.routing_key in self._keys and not is_too_old(envelope, remembered_since(self._database.clock.now())):
            self._had.meet(envelope.identity, entry.offset)

    async def _note(self, unlogged: int, missed: int) -> None:
        table = self._database.tables.reconciliation
        found = {"compared_at": func.now(), "position": self._sent.position, **self._place()}
        if self._had.had_until is not None:
            found["had_until"] = self._had.had_until
        counts = {"unlogged": table.c.unlogged + unlogged, "missed": table.c.missed + missed}
        statement = insert(table).values({**found, "singleton": True, "unlogged": unlogged, "missed": missed})
        noting = statement.on_conflict_do_update(index_elements=["singleton"], set_={**found, **counts})
        async with self._database.work() as work:
            self._compared_at = await work.session.scalar(noting.returning(table.c.compared_at))
            await work.commit()

    def _place(self) -> dict[str, object]:
        """The offset at which a new leader begins, which knows nothing of the events that are undecided here."""
        long_ago, first_open = time.monotonic() - BEGIN_AGAIN_BEFORE, self._had.first_open
        while len(self._places) > 1 and self._places[1].is_before(long_ago, first_open):
            self._places.popleft()
        return {"log_offset": self._places[0].offset, "log_entry": self._places[0].last}


@dataclass(frozen=True, slots=True)
class _Place:
    """How far the log had been read at a time: all before `offset`; `last` is the digest of the entry before it."""

    at: float
    offset: int
    last: bytes | None

    def is_before(self, at: float, offset: int | None) -> bool:
        return self.at <= at and (offset is None or self.offset <= offset)


def _digest(entry: Entry) -> bytes:
    """A digest by which an entry of the log is recognised."""
    return sha256(entry.body).digest()[:16]
