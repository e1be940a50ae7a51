"""Attachments: rows ↔ values."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, text
from sqlmodel import col, func, select

from intake.attachments.model import Attachment, Stored
from intake.attachments.naming import safe_name
from intake.attachments.tables import AttachmentRow, RemovedAttachmentRow
from shared.data_mapper import DataMapper
from shared.work import UnitOfWork

_ATTACHMENTS = DataMapper(Attachment, AttachmentRow)


async def count_locked(work: UnitOfWork, application_id: UUID, added_by: str) -> Stored:
    """How much there is of an application and of a person; whoever else adds to either waits until this work ends."""
    lock = text("select pg_advisory_xact_lock(hashtextextended(:key, 0))")
    for key in (added_by, application_id):
        await work.session.execute(lock, {"key": f"praksis.attachment.{key}"})
    counts = [
        select(func.count()).where(col(table.application_id) == application_id).scalar_subquery()
        for table in (AttachmentRow, RemovedAttachmentRow)
    ]
    yesterday = work.now - timedelta(days=1)
    sizes = [
        select(func.coalesce(func.sum(table.size), 0))
        .where(col(table.added_by) == added_by, col(table.added_at) > yesterday)
        .scalar_subquery()
        for table in (AttachmentRow, RemovedAttachmentRow)
    ]
    files, removed, bytes_, removed_bytes = (await work.session.execute(select(*counts, *sizes))).one()
    return Stored(files, files + removed, int(bytes_ + removed_bytes))


def add_attachment(work: UnitOfWork, attachment: Attachment) -> None:
    """Keep a new attachment, whose content is in the folder already."""
    work.session.add(_ATTACHMENTS.row(attachment))


async def delete_attachment(work: UnitOfWork, application_id: UUID, id: UUID) -> bool:
    """Forget an attachment of an application; whether there was one. Its content is swept up later."""
    return await _delete(work, col(AttachmentRow.id) == id, col(AttachmentRow.application_id) == application_id) > 0


async def delete_attachments(work: UnitOfWork, application_id: UUID) -> None:
    """Forget all attachments of an application that will never be."""
    await _delete(work, col(AttachmentRow.application_id) == application_id)


async def _delete(work: UnitOfWork, *which: ColumnElement[bool]) -> int:
    """Delete attachments, and note that their contents are there still; how many."""
    kept = ("id", "application_id", "size", "added_by", "added_at")
    columns = [getattr(AttachmentRow, name) for name in kept]
    found = (await work.session.execute(delete(AttachmentRow).where(*which).returning(*columns))).all()
    work.session.add_all(RemovedAttachmentRow(**dict(zip(kept, row, strict=True))) for row in found)
    return len(found)


def attachment_of(row: AttachmentRow) -> Attachment:
    """The value a row stands for."""
    attachment = _ATTACHMENTS.value(row)
    return replace(attachment, name=safe_name(attachment.name, attachment.kind))
