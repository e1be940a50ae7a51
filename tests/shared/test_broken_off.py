"""Work that is broken off at any moment leaves no transaction open, and no connection unusable."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress

import anyio
import pytest
from sqlalchemy import text

from shared.clock import SystemClock
from shared.database import Database

_OPEN = text(
    "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
    " and application_name = 'praksis-intake' and state <> 'idle'"
)
TABLE = text("create table if not exists intake.broken_off (number integer)")


async def do(database: Database, number: int) -> None:
    async with database.work() as work:
        await work.session.execute(text("insert into intake.broken_off values (:number)"), {"number": number})
        await work.session.execute(text("select pg_sleep(0.005)"))
        async with work.session.begin_nested():
            await work.session.execute(text("select pg_sleep(0.005)"))
        await work.commit()


async def cancelled_twice(work: Coroutine[None, None, None], after: float) -> None:
    """As a worker is that is told to stop and does not; the second time while it takes back what it has done."""
    task = asyncio.create_task(work)
    await asyncio.sleep(after)
    task.cancel()
    await asyncio.sleep(after / 10)
    task.cancel()
    await asyncio.wait([task])


async def out_of_time(work: Coroutine[None, None, None], after: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(work, after)


async def cancelled_again_and_again(work: Coroutine[None, None, None], after: float) -> None:
    """As what serves a request is, from one turn of the loop to the next until it is over."""
    with anyio.move_on_after(after):
        await work


@pytest.mark.parametrize("broken_off", [cancelled_twice, out_of_time, cancelled_again_and_again])
async def test_work_broken_off_at_any_moment_leaves_nothing_open(
    database: Database, broken_off: Callable[[Coroutine[None, None, None], float], Awaitable[None]]
) -> None:
    moments = random.Random(4)
    own = Database(database.dsn, service="intake", tables=database.tables, clock=SystemClock())
    async with own.work() as work:
        await work.session.execute(TABLE)
        await work.commit()
    for round_ in range(30):
        await asyncio.gather(*(broken_off(do(own, round_), moments.uniform(0, 0.03)) for _ in range(8)))
    async with asyncio.timeout(10):
        while await still_open(database):
            await asyncio.sleep(0.05)
    await asyncio.gather(*(do(own, -1) for _ in range(20)))
    async with own.work() as work:
        assert await work.session.scalar(text("select count(*) from intake.broken_off where number = -1")) == 20
        assert await work.session.scalar(text("select count(*) from pg_locks where not granted")) == 0
    await own.close()


async def still_open(database: Database) -> int:
    async with database.work() as work:
        return int(await work.session.scalar(_OPEN) or 0)
