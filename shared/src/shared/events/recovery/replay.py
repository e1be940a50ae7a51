"""Replays the log for a service, from a start: events that it has received are deduplicated, missed ones have their
effect.

Progress is kept in the table `rebuild`, under a name, where operators and Prometheus see it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from shared.database import Database
from shared.events.consumption import DealWith
from shared.events.envelope import Malformed, decode
from shared.events.handlers import Handlers
from shared.events.recovery.log_stream import Entry, Start, read_log

INBOX = "inbox"
"""The name of a replay for the whole service."""


class Progress:
    """The progress of a replay or a rebuild, kept in the database for others to see."""

    def __init__(self, database: Database, name: str) -> None:
        self._database = database
        self._name = name
        self.events = 0

    async def begin(self, total: int | None = None) -> None:
        """Reset the progress. `total` is how many events will come; by default as many as the service has received so
        far."""
        rebuild = self._database.tables.rebuild
        received = self._database.tables.received
        seen = select(func.count(func.distinct(func.coalesce(received.c.told_id, received.c.identity))))
        values = {
            "projection": self._name,
            "started_at": func.now(),
            "finished_at": None,
            "events": 0,
            "total": seen.scalar_subquery() if total is None else total,
        }
        async with self._database.work() as work:
            statement = insert(rebuild).values(values)
            await work.session.execute(statement.on_conflict_do_update(index_elements=["projection"], set_=values))
            await work.commit()

    async def advance(self, events: int, *, finished: bool = False) -> None:
        """Add so many events to those that have been handled."""
        self.events += events
        rebuild = self._database.tables.rebuild
        values: dict[str, object] = {"events": self.events}
        if finished:
            values |= {"finished_at": func.now(), "total": self.events}
        async with self._database.work() as work:
            await work.session.execute(update(rebuild).where(rebuild.c.projection == self._name).values(values))
            await work.commit()


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a replay has come: `events` handled, and their expected `total`, where it is known."""

    events: int
    total: int | None
    started_at: datetime
    finished_at: datetime | None


async def progress_of(database: Database, name: str) -> Standing | None:
    """The progress under this name, or None where there was never any."""
    rebuild = database.tables.rebuild
    async with database.work() as work:
        row = (await work.session.execute(select(rebuild).where(rebuild.c.projection == name))).first()
    return None if row is None else Standing(row.events, row.total, row.started_at, row.finished_at)


async def replay(
    database: Database,
    handlers: Handlers,
    amqp_url: str,
    start: Start,
    deal_with: DealWith,
    *,
    horizon: datetime | None = None,
) -> int:
    """Hand every event from the start to the present end of the log to `deal_with`; returns how many events those were.

    Events that happened before the `horizon` are left out, since the service may have received and forgotten them.
    Raises when a connection is lost; the next call begins at the start again, which costs time and changes nothing
    else.
    """
    progress = Progress(database, INBOX)
    await progress.begin()
    async for entries in read_log(amqp_url, start):
        bodies = [entry.body for entry in wanted(entries, handlers, start) if not _happened_before(entry, horizon)]
        if bodies:
            await deal_with(bodies, 0)
        await progress.advance(len(bodies))
    await progress.advance(0, finished=True)
    return progress.events


def wanted(entries: Sequence[Entry], handlers: Handlers, start: Start) -> list[Entry]:
    """The entries that the handlers subscribe to and that happened at the start or later."""
    keys = {event.routing_key() for event in handlers.events}
    found = [entry for entry in entries if entry.routing_key in keys]
    moment = start if isinstance(start, datetime) else None
    return [entry for entry in found if not _happened_before(entry, moment)]


def _happened_before(entry: Entry, moment: datetime | None) -> bool:
    if moment is None:
        return False
    try:
        return decode(entry.body).time < moment
    except Malformed:
        return False
