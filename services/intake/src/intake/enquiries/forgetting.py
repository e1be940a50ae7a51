"""Where an answer was to be sent is forgotten in time; question and answer stay."""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import col

from intake.enquiries.tables import EnquiryRow
from shared.work import UnitOfWork


async def forget_addresses(work: UnitOfWork, asked_before: datetime) -> int:
    """Delete the e-mail addresses on questions that were asked before; returns how many there were."""
    old = col(EnquiryRow.asked_at) < asked_before, col(EnquiryRow.email).is_not(None)
    forgotten = update(EnquiryRow).where(*old).values(email=None, language=None).returning(col(EnquiryRow.id))
    return len((await work.session.scalars(forgotten)).all())
