"""Intake writes a draft when it has decided: the decision does not wait for it, and does not fail with it."""

from intake.applications.queries import outlines
from intake.letters import commands
from intake.letters.model import LetterKind
from shared.contracts.intake.applications import (
    ApplicationAccepted,
    ApplicationDeclined,
    ApplicationRefused,
    ApplicationWaitlisted,
    ApplicationWithdrawn,
    RefusalOverridden,
)
from shared.contracts.intake.municipalities import MunicipalityMerged
from shared.contracts.intake.rounds import RoundClosed
from shared.events.handlers import Handlers
from shared.work import UnitOfWork

on = Handlers()


@on(ApplicationAccepted)
async def draft_acceptance(accepted: ApplicationAccepted, work: UnitOfWork) -> None:
    await commands.draft_letter(work, accepted.application_id, LetterKind.ACCEPTANCE, accepted.on)


@on(ApplicationDeclined)
async def draft_decline(declined: ApplicationDeclined, work: UnitOfWork) -> None:
    await commands.draft_letter(work, declined.application_id, LetterKind.DECLINE, declined.on)


@on(ApplicationWaitlisted)
async def draft_waiting(waitlisted: ApplicationWaitlisted, work: UnitOfWork) -> None:
    await commands.draft_letter(work, waitlisted.application_id, LetterKind.WAITING, waitlisted.on)


@on(ApplicationRefused)
async def draft_refusal(refused: ApplicationRefused, work: UnitOfWork) -> None:
    if await outlines(work, [refused.application_id]):  # nobody reads what is sealed; it is written when its round ends
        await commands.write_refusal(work, refused.application_id, refused.on)


@on(RoundClosed)
async def draft_sealed_refusals(closed: RoundClosed, work: UnitOfWork) -> None:
    await commands.draft_refusals(work, closed.round_id)


@on(RefusalOverridden)
async def void_refusal(overridden: RefusalOverridden, work: UnitOfWork) -> None:
    await commands.void_drafts(work, overridden.application_id)


@on(ApplicationWithdrawn)
async def void_all(withdrawn: ApplicationWithdrawn, work: UnitOfWork) -> None:
    await commands.void_drafts(work, withdrawn.application_id)


@on(MunicipalityMerged)
async def address_present_municipality(merged: MunicipalityMerged, work: UnitOfWork) -> None:
    await commands.draft_letters_anew(work, merged.municipality)
