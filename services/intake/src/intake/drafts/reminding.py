"""Reminds those who have begun an application to a round, and not sent it, of the deadline."""

from datetime import datetime
from uuid import UUID

from intake.drafts import decisions, store
from intake.drafts.messages import reminder
from intake.programmes.queries import programme_in_force
from intake.rounds.queries import round_by_id
from shared.mail.outbox import post
from shared.office import office_date
from shared.work import UnitOfWork


async def remind_of_deadline(work: UnitOfWork, round_id: UUID, closes_at: datetime) -> None:
    """Owe an e-mail to the contact of every unsent draft that wants one; to do it twice changes nothing.

    Where the round has got another deadline meanwhile, that one has a time of its own.
    """
    round_ = await round_by_id(work, round_id)
    if round_ is None or round_.closes_at != closes_at:
        return
    programme = await programme_in_force(work, round_.programme, office_date(work.now))
    if programme is None:  # nothing can be sent any more
        return
    unsent = await store.lock_unsent(work, round_id)
    reminded = [draft for draft in unsent if decisions.is_to_be_reminded(draft, round_, work.now)]
    for draft in reminded:
        await post(work, reminder(draft, programme, round_))
    await store.save_reminded(work, reminded, round_.deadline)
