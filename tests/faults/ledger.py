"""Reads from the servers what a run has left behind, and demands that it is as it should be."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import asyncpg
from aio_pika import connect
from aio_pika.exceptions import ChannelNotFoundEntity
from faults.records import NOTHING_ELSE, Entry, Expected, Finding, Logged, Outcomes, Run, findings
from faults.service import SERVICE
from faults.size import LONG

from shared.events.envelope import identity_of
from shared.events.topology import dead_letter_queue, service_queue

REST = 0.5
"""Seconds for which nothing may move until a run counts as come to rest."""
DEADLINE = 300.0 if LONG else 60.0
"""Seconds within which a run that can come to rest has done so, however busy the machine is."""
_LOG = "select id, subject, sequence, data->>'programme', causation_id::uuid from intake.event order by position"
_LEDGER = "select subject, place, event_id, number from intake.ledger order by position"
_MOVEMENT = """
select (select count(*) from intake.event where dispatched_at is null),
    (select count(*) from intake.parked where state = 'retrying' or outgoing),
    (select count(*) from intake.parked waiting where state = 'waiting' and not exists (
        select from intake.parked first
        where first.state = 'parked' and first.source = waiting.source and first.subject = waiting.subject)),
    (select count(*) from intake.event), (select count(*) from intake.ledger)
"""


@dataclass
class Ledger:
    """Looks with the administrator's eyes, over connections that no fault of the service's own reaches."""

    admin_url: Callable[[], str]
    amqp_url: Callable[[], str]
    outcomes: list[Callable[[], Outcomes]] = field(default_factory=list)
    """What each writer knows."""

    async def check(self, expected: Expected = NOTHING_ELSE, seconds: float = DEADLINE) -> None:
        """Wait until nothing is wrong, and see that it stays so. Raises AssertionError with what is wrong."""

        async def is_well() -> bool:
            return not await self.findings(expected)

        with suppress(AssertionError):  # what was waited for in vain is told below
            await until(is_well, seconds, every=0.2)
            await asyncio.sleep(REST)  # one effect too many would come now
        found = await self.findings(expected)
        assert not found, f"{len(found)} findings, such as {found[:10]}"

    async def findings(self, expected: Expected = NOTHING_ELSE) -> list[Finding]:
        """What is wrong now."""
        return findings(await self._run(), expected)

    async def rest(self, seconds: float = DEADLINE) -> None:
        """Wait until nothing is on its way any more and nothing moves; for runs with which something is wrong."""
        seen: list[object] = []

        async def is_still() -> bool:
            before = list(seen)
            unsent, retrying, released, *counts = await self.row(_MOVEMENT)
            seen[:] = [*counts, await self._waiting()]
            if unsent or retrying or released or seen[-1] or seen != before:
                return False
            await asyncio.sleep(REST)
            return list(await self.row(_MOVEMENT))[3:] == counts and not await self._waiting()

        await until(is_still, seconds, every=0.1)

    async def row(self, statement: str) -> tuple[Any, ...]:
        """The one row that a statement yields."""
        (row,) = await self.rows(statement)
        return row

    async def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """All rows that a statement yields."""
        connection = await asyncpg.connect(self.admin_url(), timeout=10)
        try:
            return [tuple(row) for row in await connection.fetch(statement)]
        finally:
            await connection.close()

    async def execute(self, statement: str) -> None:
        """Change something behind the service's back."""
        connection = await asyncpg.connect(self.admin_url(), timeout=10)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    async def effects(self) -> int:
        """How many effects there are."""
        return int((await self.row("select count(*) from intake.ledger"))[0])

    async def _run(self) -> Run:
        told = [outcomes() for outcomes in self.outcomes]
        parked = await self.rows("select event_id::uuid from intake.parked where not outgoing")
        log, ledger = [Logged(*row) for row in await self.rows(_LOG)], [Entry(*row) for row in await self.rows(_LEDGER)]
        ids = {
            identity_of(SERVICE, str(id)): id
            for id in (*(each.id for each in log), *(each.event_id for each in ledger))
        }
        return Run(
            log=log,
            ledger=ledger,
            written=[number for (number,) in await self.rows("select number from intake.written")],
            received=frozenset(ids.get(i, i) for (i,) in await self.rows("select identity from intake.received")),
            unsent=(await self.row("select count(*) from intake.event where dispatched_at is null"))[0],
            parked=frozenset(event_id for (event_id,) in parked if event_id is not None),
            nameless=sum(event_id is None for (event_id,) in parked),
            waiting=await self._waiting(),
            outcomes=Outcomes(
                frozenset().union(*(each.committed for each in told)),
                frozenset().union(*(each.failed for each in told)),
                frozenset().union(*(each.unknown for each in told)),
            ),
        )

    async def _waiting(self) -> int:
        """Messages in the queues that may hold any, those of retired generations among them."""
        names = await self.rows("select generation, number from intake.partition")
        queues = [service_queue("intake", *name) for name in names] + [dead_letter_queue("intake")]
        return sum([await messages_in(self.amqp_url(), queue) or 0 for queue in queues])


@dataclass(frozen=True, slots=True)
class QueueState:
    """How many messages wait in a queue, and how many consume or stand by."""

    messages: int
    consumers: int


async def state_of(amqp_url: str, queue: str) -> QueueState | None:
    """What the broker says of a queue; nothing when there is no such queue."""
    async with await connect(amqp_url, timeout=10) as broker:
        channel = await broker.channel()
        try:
            found = (await channel.get_queue(queue, ensure=True)).declaration_result
        except ChannelNotFoundEntity:
            return None
        return QueueState(found.message_count or 0, found.consumer_count or 0)


async def messages_in(amqp_url: str, queue: str) -> int | None:
    """How many messages wait in a queue; nothing when there is no such queue."""
    state = await state_of(amqp_url, queue)
    return state.messages if state else None


async def until(look: Callable[[], Awaitable[bool]], seconds: float = DEADLINE, every: float = 0.05) -> None:
    """Look again and again until it is so; a server that is not there at the moment is no answer.

    A look that takes long is taken less often: it must not keep busy the machine on which it waits for others.
    """
    error: Exception | None = None
    try:
        async with asyncio.timeout(seconds):
            while True:
                began = time.monotonic()
                try:
                    if await look():
                        return
                    error = None
                except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, ConnectionError) as missing:
                    error = missing
                await asyncio.sleep(max(every, 4 * (time.monotonic() - began)))
    except TimeoutError:
        raise AssertionError(f"waited {seconds:.0f} seconds in vain ({error!r})") from error
