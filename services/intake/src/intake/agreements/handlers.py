"""What happens to agreements by itself."""

from intake.agreements import commands
from shared.contracts.intake.agreements import SignatureAwaited
from shared.events.handlers import Handlers
from shared.work import UnitOfWork

on = Handlers()


@on(SignatureAwaited)
async def remind_applicant(awaited: SignatureAwaited, work: UnitOfWork) -> None:
    await commands.remind_of_signature(work, awaited.agreement_id, awaited.application_id)
