"""A file that goes with an application."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

LARGEST = 10 * 1024 * 1024
"""Bytes of one file."""
MOST = 10
"""Files of one application."""
MOST_KEPT = 2 * MOST
"""Files of one application with those that were removed and are still on the disk: each may be replaced once before
the nightly clean-up has deleted what it replaced."""
MOST_BYTES_A_DAY = 5 * MOST * LARGEST
"""Bytes that one person adds within a day: five applications with as much as each may have. Whoever fills the disk
otherwise fills it for everybody."""


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


@dataclass(frozen=True, slots=True)
class Stored:
    """How much there is already when a file is to be added.

    `files` has the application, `kept` of its files are on the disk with those that were removed, and `bytes_today`
    has its writer added within the last day.
    """

    files: int
    kept: int
    bytes_today: int
