"""Answering with a file, for the slices that know who may read it."""

from urllib.parse import quote

from fastapi import Request, Response

from intake.attachments.folder import AttachmentFolder, Damaged
from intake.attachments.model import Attachment
from shared.errors import Refused


def folder_of(request: Request) -> AttachmentFolder:
    """Where this process keeps the contents of attachments."""
    folder: AttachmentFolder = request.app.state.attachments
    return folder


async def download_of(attachment: Attachment, folder: AttachmentFolder) -> Response:
    """The file in an answer that no browser runs or shows in the name of this service. Raises `attachment-damaged`."""
    try:
        content = await folder.read(attachment.id, attachment.sha256)
    except Damaged:
        raise Refused("attachment-damaged") from None
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(attachment.name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Response(content, media_type=attachment.kind, headers=headers)
