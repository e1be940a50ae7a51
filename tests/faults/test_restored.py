"""A database that is put back to an earlier moment, by a backup or a standby that lagged, while the broker is not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
from faults.ledger import until
from faults.plan import Plan
from faults.records import Fault
from faults.size import events
from faults.stage import Stage

SOON: dict[str, object] = {"shared.events.recovery.reconciliation.LOOK_EVERY": 0.5}


async def test_what_a_database_put_back_under_a_running_worker_has_not_had_comes_again(stage: Stage) -> None:
    """The worker has read and compared all of it, and knows of no other database than before."""
    sender = stage.start_worker(Plan(consumes=False, constants=SOON))
    async with stage.load(events(100)):
        pass
    await until(lambda: all_sent(stage))
    await compared(stage, 2)
    sender.kill()
    async with put_back(stage):
        worker = stage.start_worker(Plan(constants=SOON))
        await stage.ledger.check()
        await compared(stage, 3)
        answered = set(await own_answers(stage))
        assert answered
    assert await stage.ledger.effects() == 0
    await until(lambda: is_well_but_for_what_it_answered_before(stage))
    assert {found.about.event_id for found in await stage.ledger.findings()} == answered  # type: ignore[attr-defined]

    async def is_told() -> bool:
        return sum(int(line["events"]) for line in worker.lines(UNKNOWN)) == len(answered)

    await until(is_told)
    await compared(stage, 2)
    assert await is_told()
    assert len(worker.lines("events missed, the log is read again")) == 1


UNKNOWN = "the log has events of this service that its database does not know"


async def own_answers(stage: Stage) -> list[UUID]:
    return [id for (id,) in await stage.ledger.rows("select id from intake.event where causation_id is not null")]


async def is_well_but_for_what_it_answered_before(stage: Stage) -> bool:
    """What it had sent since then is with the others already, and comes back to it from the log."""
    return {found.fault for found in await stage.ledger.findings()} == {Fault.STRAY}


async def all_sent(stage: Stage) -> bool:
    return await stage.ledger.rows("select from intake.event where dispatched_at is null limit 1") == []


async def compared(stage: Stage, times: int) -> None:
    """Wait until log and receipts have been compared so often."""
    for _ in range(times):
        before = await stage.ledger.rows("select compared_at from intake.reconciliation")

        async def again(before: object = before) -> bool:
            return await stage.ledger.rows("select compared_at from intake.reconciliation") != before

        await until(again)


@asynccontextmanager
async def put_back(stage: Stage) -> AsyncIterator[None]:
    """Let the database be at the end what it was at the beginning, for every connection that is made then."""
    server, kept, gone = stage.postgres, f"{stage.name}_kept", f"{stage.name}_gone"
    await stage.database.close()
    await on_server(stage, cut_off(stage.name))
    await asyncio.to_thread(server.create_database, kept, stage.name)
    await on_server(stage, f"alter database {stage.name} with allow_connections true")
    yield
    await on_server(stage, cut_off(stage.name))
    await on_server(stage, f"alter database {stage.name} rename to {gone}")
    await on_server(stage, f"alter database {kept} rename to {stage.name}")
    await asyncio.to_thread(server.drop_database, gone)


def cut_off(name: str) -> str:
    return (
        f"alter database {name} with allow_connections false;"
        f" select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'"
    )


async def on_server(stage: Stage, statement: str) -> None:
    """Do something to a database from outside of it."""
    connection = await asyncpg.connect(stage.postgres.admin_url(), timeout=10)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
