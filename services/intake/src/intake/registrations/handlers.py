"""What registrations do when something has become of their gathering."""

from intake.registrations import enrolling
from shared.contracts.intake import CohortCancelled
from shared.events.handlers import Handlers
from shared.work import UnitOfWork

on = Handlers()


@on(CohortCancelled)
async def tell_everybody(cancelled: CohortCancelled, work: UnitOfWork) -> None:
    await enrolling.cancel_all(work, cancelled.cohort_id)
