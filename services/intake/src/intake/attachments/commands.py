"""What is done to attachments by those who may: add, remove, forget."""

from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from uuid_utils.compat import uuid7

from intake.attachments import store
from intake.attachments.folder import AttachmentFolder
from intake.attachments.inspection import kind_of_sent
from intake.attachments.model import LARGEST, MOST, MOST_BYTES_A_DAY, MOST_KEPT, Attachment, FileKind, Stored
from intake.attachments.naming import WrongEnding, name_for
from intake.attachments.packages import NotAllowed
from intake.attachments.texts import NOT_ALLOWED, wrong_ending
from shared.errors import NotFound, Refused
from shared.isolation.busy import too_busy
from shared.storage import storage_full
from shared.work import UnitOfWork


@dataclass(frozen=True, slots=True)
class InspectedFile:
    """A file that may be kept, under the name it gets."""

    name: str
    kind: FileKind
    content: bytes


async def inspected(name: str, content: bytes, sender: str) -> InspectedFile:
    """What has been sent, after it was looked at; that takes long, so that nobody should hold anything meanwhile.

    Raises `attachment-empty`, `attachment-too-large`, `attachment-not-allowed` or `too-busy`.
    """
    if not content:
        raise Refused("attachment-empty")
    if len(content) > LARGEST:
        raise Refused("attachment-too-large")
    kind = await _kind(content, sender)
    return InspectedFile(_called(name, kind), kind, content)


async def add(
    work: UnitOfWork, folder: AttachmentFolder, application_id: UUID, added_by: str, file: InspectedFile
) -> Attachment:
    """Keep a file: its content in the folder, then its row; a content without a row is swept up later.

    Raises `too-many-attachments`, `too-many-removed` or `attachments-of-a-day`; `storage-full` where the disk does not
    take it.
    """
    _check_room(await store.count_locked(work, application_id, added_by), len(file.content))
    attachment = Attachment(
        uuid7(),
        application_id,
        file.name,
        file.kind,
        len(file.content),
        sha256(file.content).hexdigest(),
        added_by,
        work.now,
    )
    try:
        await folder.write(attachment.id, file.content)
    except OSError as error:
        raise storage_full(error) from error
    store.add_attachment(work, attachment)
    return attachment


def _check_room(stored: Stored, size: int) -> None:
    if stored.files >= MOST:
        raise Refused("too-many-attachments")
    if stored.kept >= MOST_KEPT:
        raise Refused("too-many-removed")
    if stored.bytes_today + size > MOST_BYTES_A_DAY:
        raise Refused("attachments-of-a-day")


async def remove(work: UnitOfWork, application_id: UUID, id: UUID) -> None:
    """Forget one file. Raises `unknown-attachment`."""
    if not await store.delete_attachment(work, application_id, id):
        raise NotFound("attachment")


async def forget(work: UnitOfWork, application_id: UUID) -> None:
    """Forget the files of a draft that is thrown away."""
    await store.delete_attachments(work, application_id)


async def _kind(content: bytes, sender: str) -> FileKind:
    try:
        return await kind_of_sent(content, sender)
    except NotAllowed as error:
        if error.why == "busy":
            raise too_busy() from None
        raise Refused("attachment-not-allowed", NOT_ALLOWED[error.why], why=error.why) from None


def _called(name: str, kind: FileKind) -> str:
    try:
        return name_for(name, kind)
    except WrongEnding as error:
        raise Refused("attachment-not-allowed", wrong_ending(kind, error.ending), why="ending") from None
