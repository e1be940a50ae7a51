"""What an interest list does when somebody on it has got a place."""

from intake.interests import store
from shared.contracts.intake.interests import OfferAccepted
from shared.events.handlers import Handlers
from shared.work import UnitOfWork

on = Handlers()


@on(OfferAccepted)
async def strike_off(accepted: OfferAccepted, work: UnitOfWork) -> None:
    await store.save_leaving(work, accepted.interest_id, work.now)
