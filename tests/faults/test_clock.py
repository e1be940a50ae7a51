"""A clock that jumps changes no event's fate."""

import asyncio
from pathlib import Path

from faults.ledger import until
from faults.plan import Plan
from faults.service import database_of
from faults.size import events
from faults.stage import Stage
from faults.writing import Writer

from shared.clock import SimulatedClock

_HOURS = (0, -1, 24 * 40, -24 * 40, 0)
"""Where the clock is set, one after the other: to the hour before, and over the ends of months both ways."""


async def test_a_clock_that_jumps_back_and_forth_under_load(stage: Stage, tmp_path: Path) -> None:
    file = tmp_path / "clock"
    stage.start_worker(Plan(clock_file=file))
    database = database_of(stage.database_url, SimulatedClock(file))
    writer = Writer(database, 12)
    stage.ledger.outcomes.append(lambda: writer.outcomes)
    for hours in _HOURS:
        set_clock(file, hours)
        await writer.write(events(300) // len(_HOURS))
        await asyncio.sleep(0.3)
    await database.close()
    await stage.ledger.check()


async def test_a_clock_that_was_ahead_when_an_event_failed(stage: Stage, tmp_path: Path) -> None:
    """What is to be tried again, and all that waits behind it, does not wait until that time comes again."""
    file = tmp_path / "clock"
    set_clock(file, 24 * 40)
    failing = stage.start_worker(Plan(clock_file=file, quitting={"w1-000060": SystemExit}))
    async with stage.load(events(100)):
        await until(lambda: has_failed(stage))
        failing.kill()
        set_clock(file, 0)
        stage.start_worker(Plan(clock_file=file))
    await stage.ledger.check()


async def test_a_clock_of_the_database_that_went_back_while_nobody_led(stage: Stage) -> None:
    """The lease of a leader that has died meanwhile seems to last for days."""
    leader = stage.start_worker()
    async with stage.load(events(100)) as writer:
        await stage.until_effects(20)
        leader.kill()
        await stage.ledger.execute("update intake.lead set until = until + interval '2 days'")
        stage.start_worker()
        assert await stage.seconds_until_first_new_effect(writer) < LED_AGAIN_WITHIN
    await stage.ledger.check()


LED_AGAIN_WITHIN = 10.0
"""Seconds from the start of a worker to the first effect of an event that was written afterwards."""


async def has_failed(stage: Stage) -> bool:
    return await stage.ledger.rows("select 1 from intake.parked where state = 'retrying'") != []


def set_clock(file: Path, hours: int) -> None:
    """Set the offset as no one else may: time only goes forward where it is moved through the clock itself."""
    replacement = file.with_suffix(".new")
    replacement.write_text(f"{hours * 3600}\n")
    replacement.replace(file)
