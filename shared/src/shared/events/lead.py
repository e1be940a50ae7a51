"""The lead of a service's relay: a lease that runs out unless whoever has it renews it.

A process that stands still, or whose machine or network has gone, renews nothing. So another leads a few seconds later,
whatever became of the old one's connection to the database. Each lease has a number: what the old leader still wants to
note when it goes on names an older one, and changes nothing.
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
"""Seconds for which a lease is good after it was renewed. One that lasts longer is of a time that the database's clock
has gone back from: it is nobody's, however long it takes until that time comes again."""
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
    """Another leads."""


class Lead:
    """One relay's lease, and the connection over which it reads and notes, one statement at a time.

    What does not answer in time ends the connection: it is not to be trusted any more.
    """

    def __init__(self, connection: asyncpg.Connection, holder: UUID) -> None:
        self._connection = connection
        self._holder = holder
        self._turn = asyncio.Lock()
        self._lasts_until = 0.0
        self.number = 0

    @property
    def lasts(self) -> bool:
        """Whether nobody else can lead now."""
        return monotonic() < self._lasts_until

    async def take(self) -> bool:
        """Lead, unless another does; a relay's own lease is taken again."""
        return await self._hold(_TAKE, self._holder)

    async def keep(self, over: asyncio.Event) -> None:
        """Renew the lease until `over`, which is set when it cannot be kept. While the database is at fault, nobody
        else can take it either."""
        self._connection.add_termination_listener(lambda _: over.set())
        try:
            while not await wait_for(over, RENEW_EVERY):
                await outlast(self.renew, over)
        except Exception as error:
            log.warning("the lead is lost", error=type(error).__name__)
        finally:
            over.set()

    async def renew(self) -> None:
        """Make the lease last again. Raises `LeadLost` when another has taken it."""
        if not await self._hold(_RENEW, self.number):
            raise LeadLost

    async def give_back(self) -> None:
        """Let another lead at once."""
        if self.lasts and not self._connection.is_closed():
            self._lasts_until = 0.0
            with suppress(Exception):
                await self._connection.execute(_GIVE_BACK, self.number, timeout=GIVE_BACK_WITHIN)

    async def fetch(self, statement: str, *arguments: object) -> list[asyncpg.Record]:
        """The rows that a statement yields."""
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
