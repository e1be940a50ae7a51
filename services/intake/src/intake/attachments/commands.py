"""What is done to attachments by those who may: add, remove, forget."""

from hashlib import sha256
from uuid import UUID

from uuid_utils.compat import uuid7

from intake.attachments import store
from intake.attachments.folder import AttachmentFolder
from intake.attachments.model import LARGEST, MOST, Attachment
from intake.attachments.naming import bare_name
from intake.attachments.sniffing import NotAllowed, kind_of
from shared.errors import Problem
from shared.work import UnitOfWork


async def add(
    work: UnitOfWork, folder: AttachmentFolder, application_id: UUID, added_by: str, name: str, content: bytes
) -> Attachment:
    """Keep a file: its content in the folder, then its row; a content without a row is swept up later.

    Raises `attachment-empty`, `attachment-too-large`, `attachment-not-allowed` or `too-many-attachments`.
    """
    if not content:
        raise Problem("attachment-empty", 422)
    if len(content) > LARGEST:
        raise Problem("attachment-too-large", 413)
    try:
        kind = kind_of(content)
    except NotAllowed as error:
        raise Problem("attachment-not-allowed", 422, why=error.why) from None
    if await store.count_locked(work, application_id) >= MOST:
        raise Problem("too-many-attachments", 409)
    attachment = Attachment(
        uuid7(),
        application_id,
        bare_name(name),
        kind,
        len(content),
        sha256(content).hexdigest(),
        added_by,
        work.now,
    )
    await folder.write(attachment.id, content)
    store.add_attachment(work, attachment)
    return attachment


async def remove(work: UnitOfWork, application_id: UUID, id: UUID) -> None:
    """Forget one file. Raises `unknown-attachment`."""
    if not await store.delete_attachment(work, application_id, id):
        raise Problem("unknown-attachment", 404)


async def forget(work: UnitOfWork, application_id: UUID) -> None:
    """Forget the files of a draft that is thrown away."""
    await store.delete_attachments(work, application_id)
