"""A newer version is prepared and started while an older worker goes on, though operators are told to stop it."""

import pytest
from faults.ledger import until
from faults.plan import Plan
from faults.records import Fault
from faults.size import events, times
from faults.stage import Stage

_TABLES = (
    "event",
    "last_sequence",
    "received",
    "parked",
    "generation",
    "partition",
    "lead",
    "ledger",
    "reconciliation",
)


@pytest.mark.parametrize("what", ["add column later text", "add column later text not null default ''"])
async def test_columns_added_under_load(stage: Stage, what: str) -> None:
    worker = stage.start_worker()
    async with stage.load(events(200)):
        for _ in range(times(1)):
            for table in _TABLES:
                await stage.until_effects(5)
                await stage.ledger.execute(f"set lock_timeout = '5s'; alter table intake.{table} {what}")
            for table in _TABLES:
                await stage.until_effects(5)
                await stage.ledger.execute(f"set lock_timeout = '5s'; alter table intake.{table} drop column later")
    await stage.ledger.check()
    failed = {line["event"]: line for line in worker.lines() if line.get("level") in ("warning", "error")}
    assert failed == {}


async def test_a_column_of_another_type_under_load(stage: Stage) -> None:
    """Statements that were prepared before cannot be used any more, in any connection; no event is guilty of it."""
    worker = stage.start_worker()
    async with stage.load(events(200)):
        for _ in range(times(2)):
            for kind in ("varchar", "text"):
                await stage.until_effects(20)
                await stage.ledger.execute(f"alter table intake.ledger alter column number type {kind}")
        await stage.until_effects(20)
    await stage.ledger.check()
    assert worker.lines("group failed, each event is handled alone") == []
    assert worker.lines("the database is at fault") != []


async def test_what_an_older_worker_takes_and_does_not_know_comes_to_the_newer_one(stage: Stage) -> None:
    """It comes from the log, so it may come behind later events of its subject; but it comes."""
    older = stage.start_worker(Plan(older=True))
    async with stage.load(events(100)):
        await until(lambda: has_answered(stage))
        newer = stage.start_worker()
        await stage.until_consumed(newer)
        older.kill()
    await until(lambda: has_all_effects(stage))
    assert newer.lines("events missed, the log is read again") != []


async def has_answered(stage: Stage) -> bool:
    """Whether events have left, and been taken, of which the older worker knows nothing."""
    sent = "select count(*) from intake.event where causation_id is not null and dispatched_at < now() - interval '1 s'"
    return int((await stage.ledger.row(sent))[0]) > 3


async def has_all_effects(stage: Stage) -> bool:
    return {found.fault for found in await stage.ledger.findings()} <= {Fault.SWAPPED}
