"""The database's faults are told from those of events, and nothing is held against an event while there are any."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from kernel_cases import Kernel, opened, running
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, PendingRollbackError

from shared.clock import SystemClock
from shared.database import Database
from shared.errors import Refused
from shared.outages import is_outage

OUTAGES = {
    "25006": "read only",
    "53100": "disk full",
    "53200": "out of memory",
    "53300": "too many connections",
    "57014": "statement timeout",
    "57P01": "admin shutdown",
    "57P03": "in recovery",
    "40P01": "deadlock",
    "40001": "serialisation failure",
    "55P03": "lock timeout",
    "25P03": "idle in transaction",
    "57P05": "idle session",
    "08006": "connection failure",
    "28P01": "wrong password",
    "58030": "input or output",
}
FAULTS = {
    "23505": "unique",
    "22P02": "text representation",
    "42P01": "no such table",
    "P0001": "raised",
    "25P02": "failed",
}


async def raised(database: Database, code: str) -> Exception:
    """What the stack raises for an error of this code."""
    try:
        async with database.work() as work:
            await work.session.execute(text(f"do $$ begin raise sqlstate '{code}'; end $$"))
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


@pytest.mark.parametrize("code", OUTAGES, ids=OUTAGES.get)
async def test_what_is_the_databases_fault(database: Database, code: str) -> None:
    assert is_outage(await raised(database, code))


async def test_tables_that_have_changed_under_a_prepared_statement_are_no_events_fault(database: Database) -> None:
    async def look() -> None:
        async with database.work() as work:
            await work.session.execute(select(database.tables.parked.c.source))

    await look()
    async with database.work() as work:
        await work.session.execute(text("alter table intake.parked alter column source type varchar"))
        await work.commit()
    with pytest.raises(DBAPIError) as changed:
        await look()
    assert is_outage(changed.value)
    await look()


@pytest.mark.parametrize("code", FAULTS, ids=FAULTS.get)
async def test_what_is_the_fault_of_what_was_asked(database: Database, code: str) -> None:
    assert not is_outage(await raised(database, code))


async def test_values_that_do_not_fit_are_no_outage(database: Database) -> None:
    async with database.work() as work:
        with pytest.raises(DBAPIError) as unfit:
            await work.session.execute(text("select cast(:number as integer)"), {"number": "many"})
    assert not is_outage(unfit.value)


async def test_a_database_that_is_not_there_is_an_outage(database: Database) -> None:
    nowhere = Database("postgresql://x:y@127.0.0.1:1/z", service="intake", tables=database.tables, clock=SystemClock())
    with pytest.raises(OSError) as refused:
        await nowhere.ping()
    assert is_outage(refused.value)


async def test_a_connection_that_ends_is_an_outage(database: Database) -> None:
    async with database.work() as work:
        with pytest.raises(DBAPIError) as ended:
            await work.session.execute(text("select pg_terminate_backend(pg_backend_pid())"))
        with pytest.raises(PendingRollbackError) as over:
            await work.session.execute(text("select 1"))
    assert is_outage(ended.value)
    assert is_outage(over.value)


def test_causes_are_looked_at_and_files_are_not_the_database() -> None:
    wrapped = RuntimeError("wrapped")
    wrapped.__cause__ = TimeoutError()
    assert is_outage(wrapped)
    assert not is_outage(FileNotFoundError(2, "no such file", "a"))
    assert not is_outage(Refused("no"))


@pytest.fixture
async def kernel(database: Database, vhost: str) -> AsyncIterator[Kernel]:
    async with running(Kernel(database, vhost)) as kernel:
        yield kernel


async def test_outages_count_as_no_attempts(kernel: Kernel) -> None:
    """More of them than an event may be tried in all, at first and on the schedule."""
    await kernel.until(lambda: asyncio.sleep(0, kernel.consumer.consuming))
    codes = ["25006", "53100", "57P03", "40P01", "53300"]
    kernel.failures["unlucky"] = [await raised(kernel.database, code) for code in codes]
    await kernel.publish(opened(1, "unlucky"), opened(1, "behind"), opened(2, "beside"))
    await kernel.until_effects("unlucky", "beside", "behind")
    assert await kernel.rows("select 1 from intake.parked") == []


async def test_an_outage_breaks_off_a_scheduled_try_and_does_not_count(kernel: Kernel) -> None:
    kernel.failures["unlucky"] = [RuntimeError("down") for _ in range(4)]
    await kernel.publish(opened(1, "unlucky"))

    async def retrying() -> bool:
        return await kernel.rows("select state, attempts from intake.parked") == [("retrying", 3)]

    await kernel.until(retrying)
    outages = [await raised(kernel.database, code) for code in ("25006", "53100")]
    kernel.failures["unlucky"] = [*outages, RuntimeError("down")]
    await kernel.execute("update intake.parked set retry_at = now()")

    async def tried() -> bool:
        return await kernel.rows("select reason, attempts from intake.parked") == [("RuntimeError", 4)]

    await kernel.until(tried)
    assert kernel.failures["unlucky"] == []
