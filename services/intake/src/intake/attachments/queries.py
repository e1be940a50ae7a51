"""Read-only views of the attachments, for pages and API."""

from uuid import UUID

from sqlmodel import col, select

from intake.attachments.model import Attachment
from intake.attachments.store import attachment_of
from intake.attachments.tables import AttachmentRow
from shared.work import UnitOfWork


async def attachments(work: UnitOfWork, application_id: UUID) -> list[Attachment]:
    """The files of an application, or of the draft that will be one, in the order in which they were added."""
    statement = (
        select(AttachmentRow).where(AttachmentRow.application_id == application_id).order_by(col(AttachmentRow.id))
    )
    return [attachment_of(row) for row in await work.session.scalars(statement)]


async def attachment_by_id(work: UnitOfWork, id: UUID) -> Attachment | None:
    """The attachment, if there is one of this id. Who may see it is for those to judge who know the application."""
    row = await work.session.get(AttachmentRow, id)
    return None if row is None else attachment_of(row)
