"""Files of a draft, and of the application it becomes, through the API. The body of what is added is the file."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request, Response
from pydantic import BaseModel

from intake.applications.queries import STAFF, application_by_id, own_only
from intake.attachments import commands
from intake.attachments.downloading import download_of, folder_of
from intake.attachments.model import FileKind
from intake.attachments.queries import attachments
from intake.drafts.attachment_commands import attach, readable_attachment, unsent
from intake.drafts.commands import writable
from shared.errors import NotFound
from shared.identity import Identity, Role
from shared.inputs.fields import plain_text
from shared.web.access import allow
from shared.web.routes import Work, api_router

router = api_router(tags=["attachments"])

Applicant = Annotated[Identity, allow(Role.APPLICANT)]
Reader = Annotated[Identity, allow(Role.APPLICANT, *STAFF)]
Name = Annotated[str, plain_text(500), Query(description="what the file is called")]
FILE = {"requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {"format": "binary"}}}}}
ANY_KIND: dict[int | str, dict[str, Any]] = {200: {"content": {kind: {} for kind in FileKind}}}


class AttachmentOut(BaseModel):
    id: UUID
    name: str
    kind: FileKind
    size: int
    sha256: str
    added_at: datetime


@router.get("/drafts/{id}/attachments")
async def list_of_draft(id: UUID, work: Work, who: Applicant) -> list[AttachmentOut]:
    """The files of a draft that one may write in, in the order in which they were added."""
    await unsent(work, id, who)
    return await _listed(work, id)


@router.get("/applications/{id}/attachments")
async def list_of_application(id: UUID, work: Work, who: Reader) -> list[AttachmentOut]:
    """The files of an application, in the order in which they were added."""
    if await application_by_id(work, id, own_only(who)) is None:
        raise NotFound("application")
    return await _listed(work, id)


@router.post("/drafts/{id}/attachments", status_code=201, openapi_extra=FILE)
async def add(id: UUID, name: Name, request: Request, work: Work, who: Applicant) -> AttachmentOut:
    """Add a file. What it is, is seen from its content; see the kinds in the answer."""
    attachment = await attach(work, folder_of(request), id, who, name, await request.body())
    return AttachmentOut.model_validate(attachment, from_attributes=True)


@router.post("/drafts/{id}/attachments/{attachment_id}/removal", status_code=204)
async def remove(id: UUID, attachment_id: UUID, work: Work, who: Applicant) -> None:
    """Take a file back."""
    await writable(work, id, who)
    await commands.remove(work, id, attachment_id)


@router.get("/attachments/{id}", response_class=Response, responses=ANY_KIND)
async def download(id: UUID, request: Request, work: Work, who: Reader) -> Response:
    """The file as it was sent."""
    return await download_of(await readable_attachment(work, id, who), folder_of(request))


async def _listed(work: Work, application_id: UUID) -> list[AttachmentOut]:
    found = await attachments(work, application_id)
    return [AttachmentOut.model_validate(each, from_attributes=True) for each in found]
