"""What registrations do when something has become of their gathering."""

from intake.registrations import enrolment_commands as commands
from shared.contracts.intake.cohorts import CohortAnnounced, CohortCancelled, CohortChanged
from shared.contracts.intake.interests import OfferLapsed
from shared.events.handlers import Handlers
from shared.work import UnitOfWork

on = Handlers()


@on(CohortAnnounced)
async def ask_interested(announced: CohortAnnounced, work: UnitOfWork) -> None:
    await commands.ask_interested(work, announced.cohort_id)


@on(OfferLapsed)
async def ask_the_next(lapsed: OfferLapsed, work: UnitOfWork) -> None:
    await commands.take_back(work, lapsed.cohort_id, lapsed.registration_id)


@on(CohortChanged)
async def tell_whom_it_concerns(changed: CohortChanged, work: UnitOfWork) -> None:
    await commands.tell_of_change(work, changed.cohort_id, changed.version)


@on(CohortCancelled)
async def tell_everybody(cancelled: CohortCancelled, work: UnitOfWork) -> None:
    await commands.cancel_all(work, cancelled.cohort_id)
