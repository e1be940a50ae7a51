"""Leader election for a service's relay: a lease with a fencing token, kept in the table `lead`.

The leader renews its lease every second. A process that hangs, or whose machine or network is gone, renews nothing, and
a standby takes over a few seconds later, whatever became of the old leader's database connection. Each lease has a
number, the fencing token: an old leader that resumes names an older number in its writes, which then change nothing.
"""

import asyncio
from contextlib import suppress
from time import monotonic
from typing import Any
from uuid import UUID

import asyncpg
import structlog

from shared.events.supervision import outlast, wait_for

log = structlog.get_logger(__name__)

LASTS = 3.0
"""Seconds for which a lease is valid after it was taken or renewed. A lease that ends later than that was written
before the database's clock was set back; it counts as free at once, instead of when that time comes again."""
RENEW_EVERY = 1.0
GIVE_BACK_WITHIN = 1.0

_TAKE = """
insert into lead (holder, number, until) values ($1, 1, clock_timestamp() + make_interval(secs => $2))
on conflict (singleton) do update set holder = excluded.holder, number = lead.number + 1, until = excluded.until
where lead.until < clock_timestamp() or lead.until > excluded.until or lead.holder = excluded.holder
returning number
"""
_RENEW = """
update lead set until = clock_timestamp() + make_interval(secs => $2) where number = $1 returning number
"""
_GIVE_BACK = "update lead set until = '-infinity' where number = $1"


class LeadLost(Exception):
    """Another worker leads."""


class Lead:
    """One relay's lease, and the connection over which it reads and writes, one statement at a time.

    A statement that is not answered in time ends the connection, since its state is unknown. `number` is the fencing
    token.
    """

    def __init__(self, connection: asyncpg.Connection, holder: UUID) -> None:
        self._connection = connection
        self._holder = holder
        self._turn = asyncio.Lock()
        self._lasts_until = 0.0
        self.number = 0

    @property
    def lasts(self) -> bool:
        """Whether the lease is still valid by this process's clock, so that no other worker can lead now."""
        return monotonic() < self._lasts_until

    async def take(self) -> bool:
        """Take the lease if it is free or this relay's own; return whether it was taken."""
        return await self._hold(_TAKE, self._holder)

    async def keep(self, over: asyncio.Event) -> None:
        """Renew the lease until `over`; set `over` when the lease or the connection is lost. While the database is at
        fault, the renewal is tried again: no other worker can take the lease then either."""
        self._connection.add_termination_listener(lambda _: over.set())
        try:
            while not await wait_for(over, RENEW_EVERY):
                await outlast(self.renew, over)
        except Exception as error:
            log.warning("the lead is lost", error=type(error).__name__)
        finally:
            over.set()

    async def renew(self) -> None:
        """Extend the lease. Raises `LeadLost` when another worker has taken it."""
        if not await self._hold(_RENEW, self.number):
            raise LeadLost

    async def give_back(self) -> None:
        """Release a valid lease, so that a standby can lead at once. Errors are ignored: then the lease runs out."""
        if self.lasts and not self._connection.is_closed():
            self._lasts_until = 0.0
            with suppress(Exception):
                await self._connection.execute(_GIVE_BACK, self.number, timeout=GIVE_BACK_WITHIN)

    async def fetch(self, statement: str, *arguments: object) -> list[asyncpg.Record]:
        """Run a statement and return its rows. Ends the connection and raises `TimeoutError` if there is no answer in
        time."""
        async with self._turn:
            try:
                return list(await self._connection.fetch(statement, *arguments))
            except TimeoutError:
                self._connection.terminate()
                raise

    async def _hold(self, statement: str, who: Any) -> bool:
        asked = monotonic()
        rows = await self.fetch(statement, who, LASTS)
        if rows:
            self.number = rows[0]["number"]
            self._lasts_until = asked + LASTS
        else:
            self._lasts_until = 0.0
        return bool(rows)
