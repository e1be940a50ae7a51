"""Enquiries: rows ↔ values."""

from uuid import UUID

from sqlmodel import col, select

from intake.enquiries.model import Answer, Enquiry, ReplyTo
from intake.enquiries.tables import EnquiryRow
from intake.moving import OpenIds, move
from shared.data_mapper import DataMapper, optional
from shared.work import UnitOfWork

_ENQUIRIES = DataMapper(
    Enquiry,
    EnquiryRow,
    answer=optional(Answer, "answer", "answered_by", "answered_at"),
    reply_to=optional(ReplyTo, "email", "language"),
)


def add_enquiry(work: UnitOfWork, enquiry: Enquiry) -> None:
    """Keep a new enquiry."""
    work.session.add(_ENQUIRIES.row(enquiry))


async def lock_enquiry(work: UnitOfWork, id: UUID) -> Enquiry | None:
    """The enquiry, held until this work ends."""
    row = await work.session.scalar(select(EnquiryRow).where(col(EnquiryRow.id) == id).with_for_update())
    return None if row is None else enquiry_of(row)


async def save_enquiry(work: UnitOfWork, enquiry: Enquiry) -> Enquiry:
    """Keep what has become of a locked enquiry, under its next version."""
    row = await work.session.get_one(EnquiryRow, enquiry.id)
    return _ENQUIRIES.update(row, enquiry)


async def move_enquiries(work: UnitOfWork, still_open: OpenIds, into: str) -> int:
    """Let these questions come from another municipality; how many they were."""
    return await move(work, EnquiryRow, still_open, municipality=into, version=col(EnquiryRow.version) + 1)


def enquiry_of(row: EnquiryRow) -> Enquiry:
    """The value a row stands for."""
    return _ENQUIRIES.value(row)
