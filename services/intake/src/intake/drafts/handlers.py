"""What happens to drafts by itself."""

from intake.drafts.reminding import remind_of_deadline
from shared.contracts.intake import DeadlineApproached
from shared.events.handlers import Handlers
from shared.work import UnitOfWork

on = Handlers()


@on(DeadlineApproached)
async def remind_writers(approached: DeadlineApproached, work: UnitOfWork) -> None:
    await remind_of_deadline(work, approached.round_id, approached.closes_at)
