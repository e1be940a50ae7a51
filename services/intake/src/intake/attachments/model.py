"""A file that goes with an application."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

LARGEST = 10 * 1024 * 1024
"""Bytes of one file."""
MOST = 10
"""Files of one application."""


class FileKind(StrEnum):
    """What may be attached, by its media type; documents without macros, and pictures."""

    PDF = "application/pdf"
    PNG = "image/png"
    JPEG = "image/jpeg"
    WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    OPEN_TEXT = "application/vnd.oasis.opendocument.text"


ENDINGS = {
    FileKind.PDF: ("pdf",),
    FileKind.PNG: ("png",),
    FileKind.JPEG: ("jpg", "jpeg", "jpe", "jfif"),
    FileKind.WORD: ("docx",),
    FileKind.EXCEL: ("xlsx",),
    FileKind.OPEN_TEXT: ("odt",),
}
"""How the names of files of a kind may end; the first is the usual one."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that was added to the draft, and so goes with the application, of `application_id`.

    `name` is what it was called where it came from, without folders; `size` is in bytes. The content is outside the
    database, under its own id, and `sha256` tells whether it is still what was sent.
    """

    id: UUID
    application_id: UUID
    name: str
    kind: FileKind
    size: int
    sha256: str
    added_by: str
    added_at: datetime
