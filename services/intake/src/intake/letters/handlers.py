"""Intake writes a draft when it has decided: the decision does not wait for it, and does not fail with it."""

from intake.letters.drafting import draft_letter
from intake.letters.model import Kind
from shared.contracts.intake import ApplicationAccepted, ApplicationDeclined, ApplicationWaitlisted
from shared.events.handlers import Handlers
from shared.work import UnitOfWork

on = Handlers()


@on(ApplicationAccepted)
async def draft_acceptance(accepted: ApplicationAccepted, work: UnitOfWork) -> None:
    await draft_letter(work, accepted.application_id, Kind.ACCEPTANCE, accepted.on)


@on(ApplicationDeclined)
async def draft_decline(declined: ApplicationDeclined, work: UnitOfWork) -> None:
    await draft_letter(work, declined.application_id, Kind.DECLINE, declined.on)


@on(ApplicationWaitlisted)
async def draft_waiting(waitlisted: ApplicationWaitlisted, work: UnitOfWork) -> None:
    await draft_letter(work, waitlisted.application_id, Kind.WAITING, waitlisted.on)
