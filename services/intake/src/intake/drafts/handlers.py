"""What happens to drafts by itself."""

from intake.drafts import commands
from shared.contracts.intake.rounds import DeadlineApproached
from shared.events.handlers import Handlers
from shared.work import UnitOfWork

on = Handlers()


@on(DeadlineApproached)
async def remind_writers(approached: DeadlineApproached, work: UnitOfWork) -> None:
    await commands.remind_of_deadline(work, approached.round_id, approached.closes_at)
