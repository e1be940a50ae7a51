"""Tables change under a worker that runs, as while a newer version is prepared."""

import pytest
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
                await stage.ledger.execute(f"alter table intake.parked alter column source type {kind}")
        await stage.until_effects(20)
    await stage.ledger.check()
    assert worker.lines("group failed, each event is handled alone") == []
    assert worker.lines("the database is at fault") != []
