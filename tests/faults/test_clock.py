"""A clock that jumps changes no event's fate."""

import asyncio
from pathlib import Path

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


def set_clock(file: Path, hours: int) -> None:
    """Set the offset as no one else may: time only goes forward where it is moved through the clock itself."""
    replacement = file.with_suffix(".new")
    replacement.write_text(f"{hours * 3600}\n")
    replacement.replace(file)
