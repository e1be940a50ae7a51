"""What is sent when its day has come, somebody gets a place, or it is known who was there."""

from intake.materials import commands
from shared.contracts.intake.materials import MaterialDue
from shared.contracts.intake.registrations import AttendanceRecorded, RegistrationConfirmed
from shared.events.handlers import Handlers
from shared.work import UnitOfWork

on = Handlers()


@on(MaterialDue)
async def send_material(due: MaterialDue, work: UnitOfWork) -> None:
    await commands.send_due(work, due.cohort_id)


@on(RegistrationConfirmed)
async def send_what_others_have_got(confirmed: RegistrationConfirmed, work: UnitOfWork) -> None:
    await commands.send_due(work, confirmed.cohort_id)


@on(AttendanceRecorded)
async def send_what_comes_after(recorded: AttendanceRecorded, work: UnitOfWork) -> None:
    await commands.send_due(work, recorded.cohort_id)
