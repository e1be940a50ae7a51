"""What a gathering learns of what has happened at it."""

from dataclasses import replace

from intake.gatherings import store
from intake.gatherings.model import CohortStatus
from shared.contracts.intake.registrations import AttendanceRecorded
from shared.events.handlers import Handlers
from shared.work import UnitOfWork

on = Handlers()


@on(AttendanceRecorded)
async def note_that_it_was_held(recorded: AttendanceRecorded, work: UnitOfWork) -> None:
    cohort = await store.lock_cohort(work, recorded.cohort_id)
    if cohort is not None and cohort.status is CohortStatus.ANNOUNCED:
        await store.save_status(work, replace(cohort, status=CohortStatus.HELD))
