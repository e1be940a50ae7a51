"""A file is added to a draft."""

from uuid import UUID

from intake.attachments import commands
from intake.attachments.folder import AttachmentFolder
from intake.attachments.model import Attachment
from intake.drafts.commands import writable
from intake.drafts.model import Draft
from intake.drafts.queries import draft_by_id
from shared.errors import Refused, require_found
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
