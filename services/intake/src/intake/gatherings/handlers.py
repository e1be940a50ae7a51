"""What a gathering learns of what has happened at it."""

from intake.gatherings import commands
from shared.contracts.intake.registrations import AttendanceRecorded
from shared.events.handlers import Handlers
from shared.work import UnitOfWork

on = Handlers()


@on(AttendanceRecorded)
async def note_that_it_was_held(recorded: AttendanceRecorded, work: UnitOfWork) -> None:
    await commands.note_that_it_was_held(work, recorded.cohort_id)
