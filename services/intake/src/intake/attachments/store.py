"""Attachments: rows ↔ values."""

from uuid import UUID

from sqlalchemy import delete, text
from sqlmodel import col, func, select

from intake.attachments.model import Attachment, FileKind
from intake.attachments.naming import safe_name
from intake.attachments.tables import AttachmentRow
from shared.work import UnitOfWork


async def count_locked(work: UnitOfWork, application_id: UUID) -> int:
    """How many files an application has; whoever else adds one waits until this work ends."""
    lock = text("select pg_advisory_xact_lock(hashtextextended(:key, 0))")
    await work.session.execute(lock, {"key": f"praksis.attachment.{application_id}"})
    statement = select(func.count()).where(AttachmentRow.application_id == application_id)
    return int(await work.session.scalar(statement) or 0)


def add_attachment(work: UnitOfWork, attachment: Attachment) -> None:
    """Keep a new attachment, whose content is in the folder already."""
    work.session.add(
        AttachmentRow(
            id=attachment.id,
            application_id=attachment.application_id,
            name=attachment.name,
            kind=attachment.kind,
            size=attachment.size,
            sha256=attachment.sha256,
            added_by=attachment.added_by,
            added_at=attachment.added_at,
        )
    )


async def delete_attachment(work: UnitOfWork, application_id: UUID, id: UUID) -> bool:
    """Forget an attachment of an application; whether there was one. Its content is swept up later."""
    statement = (
        delete(AttachmentRow)
        .where(col(AttachmentRow.id) == id, col(AttachmentRow.application_id) == application_id)
        .returning(col(AttachmentRow.id))
    )
    return await work.session.scalar(statement) is not None


async def delete_attachments(work: UnitOfWork, application_id: UUID) -> None:
    """Forget all attachments of an application that will never be."""
    await work.session.execute(delete(AttachmentRow).where(col(AttachmentRow.application_id) == application_id))


def attachment_of(row: AttachmentRow) -> Attachment:
    """The value a row stands for."""
    return Attachment(
        id=row.id,
        application_id=row.application_id,
        name=safe_name(row.name, FileKind(row.kind)),
        kind=FileKind(row.kind),
        size=row.size,
        sha256=row.sha256,
        added_by=row.added_by,
        added_at=row.added_at,
    )
