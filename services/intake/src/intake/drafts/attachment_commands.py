"""A file is added to a draft; and whose files may be read, the same for a page and through the API."""

from uuid import UUID

from intake.applications.queries import application_by_id, own_only
from intake.attachments import commands
from intake.attachments.folder import AttachmentFolder
from intake.attachments.model import Attachment
from intake.attachments.queries import attachment_by_id
from intake.drafts.commands import writable
from intake.drafts.model import Draft
from intake.drafts.queries import draft_by_id
from shared.errors import NotFound, Refused, require_found
from shared.identity import Identity
from shared.work import UnitOfWork


async def attach(
    work: UnitOfWork, folder: AttachmentFolder, id: UUID, who: Identity, name: str, content: bytes
) -> Attachment:
    """Add a file to the unsent draft. Raises what `writable`, `inspected` and `add` raise.

    The file is looked at before the draft is held: others write in it meanwhile, and do not wait for that.
    """
    await unsent(work, id, who)
    file = await commands.inspected(name, content, who.subject)
    await writable(work, id, who)
    return await commands.add(work, folder, id, who.subject, file)


async def unsent(work: UnitOfWork, id: UUID, who: Identity) -> Draft:
    """The draft as it stands now, held by nobody. Raises like `writable`."""
    draft = require_found(await draft_by_id(work, id, who.subject), "draft")
    if draft.sent_at is not None:
        raise Refused("draft-sent")
    return draft


async def readable_attachment(work: UnitOfWork, id: UUID, who: Identity) -> Attachment:
    """The attachment, for whoever may read its application or write in its draft. Raises `unknown-attachment`."""
    attachment = require_found(await attachment_by_id(work, id), "attachment")
    if await application_by_id(work, attachment.application_id, own_only(who)) is None:
        try:
            await unsent(work, attachment.application_id, who)
        except NotFound:
            raise NotFound("attachment") from None
    return attachment
