"""Enquiries: rows ↔ values."""

from datetime import datetime
from uuid import UUID

from sqlmodel import col, select

from intake.enquiries.model import Answer, Enquiry, ReplyTo
from intake.enquiries.tables import EnquiryRow
from intake.moving import OpenIds, move
from shared.work import UnitOfWork


def add_enquiry(work: UnitOfWork, enquiry: Enquiry) -> None:
    """Keep a new enquiry."""
    work.session.add(
        EnquiryRow(
            id=enquiry.id,
            version=enquiry.version,
            asked_by=enquiry.asked_by,
            municipality=enquiry.municipality,
            question=enquiry.question,
            asked_at=enquiry.asked_at,
            answer=None,
            answered_by=None,
            answered_at=None,
            email=enquiry.reply_to.email if enquiry.reply_to else None,
            language=enquiry.reply_to.language if enquiry.reply_to else None,
        )
    )


async def lock_enquiry(work: UnitOfWork, id: UUID) -> Enquiry | None:
    """The enquiry, held until this work ends."""
    row = await work.session.scalar(select(EnquiryRow).where(col(EnquiryRow.id) == id).with_for_update())
    return None if row is None else enquiry_of(row)


async def save_enquiry(work: UnitOfWork, enquiry: Enquiry) -> Enquiry:
    """Keep what has become of a locked enquiry, under its next version."""
    row = await work.session.get_one(EnquiryRow, enquiry.id)
    row.answer, row.answered_by, row.answered_at = _columns_of(enquiry.answer)
    row.version += 1
    return enquiry_of(row)


async def move_enquiries(work: UnitOfWork, still_open: OpenIds, into: str) -> int:
    """Let these questions come from another municipality; how many they were."""
    return await move(work, EnquiryRow, still_open, municipality=into, version=col(EnquiryRow.version) + 1)


def enquiry_of(row: EnquiryRow) -> Enquiry:
    """The value a row stands for."""
    return Enquiry(
        id=row.id,
        asked_by=row.asked_by,
        municipality=row.municipality,
        question=row.question,
        asked_at=row.asked_at,
        answer=_answer_of(row),
        reply_to=None if row.email is None else ReplyTo(row.email, "en" if row.language == "en" else "da"),
        version=row.version,
    )


def _columns_of(answer: Answer | None) -> tuple[str, str, datetime] | tuple[None, None, None]:
    return (None, None, None) if answer is None else (answer.text, answer.given_by, answer.given_at)


def _answer_of(row: EnquiryRow) -> Answer | None:
    if row.answer is None or row.answered_by is None or row.answered_at is None:
        return None
    return Answer(row.answer, row.answered_by, row.answered_at)
