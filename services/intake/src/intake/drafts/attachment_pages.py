"""Files of a draft, and of the application it becomes, on pages: add, remove, download."""

from typing import Annotated
from uuid import UUID

from fastapi import Request, Response
from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse

from intake.applications.queries import STAFF
from intake.attachments import commands
from intake.attachments.downloading import download_of, folder_of
from intake.drafts.attachment_commands import attach, readable_attachment
from intake.drafts.commands import writable
from intake.drafts.inputs import fields_of
from intake.drafts.screen import Screen, draft_screen
from intake.drafts.texts import NOT_ATTACHED
from shared.errors import Refused, Text
from shared.identity import Identity, Role
from shared.web.access import allow
from shared.web.routes import Work, page_router
from shared.web.sent_form import form_of

router = page_router()

Applicant = Annotated[Identity, allow(Role.APPLICANT)]
Reader = Annotated[Identity, allow(Role.APPLICANT, *STAFF)]


@router.post("/drafts/{id}/attachments")
async def add(id: UUID, request: Request, work: Work, who: Applicant) -> Response:
    """Add a file, and show the draft with it."""
    sent = (await form_of(request)).get("file")
    content = await sent.read() if isinstance(sent, UploadFile) else b""
    name = (sent.filename if isinstance(sent, UploadFile) else None) or ""
    try:
        await attach(work, folder_of(request), id, who, name, content)
    except Refused as refused:
        error = Text("Choose a file.") if not name else refused.said or NOT_ATTACHED.get(refused.slug)
        if error is None:
            raise
        draft = await writable(work, id, who)
        screen = Screen(draft, fields_of(draft.content), {"file": error})
        return await draft_screen(request, work, who, screen)
    return RedirectResponse(f"/drafts/{id}#attachments", 303)


@router.post("/drafts/{id}/attachments/{attachment_id}/removal")
async def remove(id: UUID, attachment_id: UUID, work: Work, who: Applicant) -> Response:
    """Take a file back, and show the draft without it."""
    await writable(work, id, who)
    await commands.remove(work, id, attachment_id)
    return RedirectResponse(f"/drafts/{id}#attachments", 303)


@router.get("/attachments/{id}")
async def download(id: UUID, request: Request, work: Work, who: Reader) -> Response:
    """The file as it was sent, to be saved and not shown here."""
    attachment = await readable_attachment(work, id, who)
    return await download_of(attachment, folder_of(request))
