"""What a file is, by what is in it; what it calls itself is not asked."""

import zipfile
from io import BytesIO

from intake.attachments.model import LARGEST, FileKind

_SIGNATURES = (
    (b"%PDF-", FileKind.PDF),
    (b"\x89PNG\r\n\x1a\n", FileKind.PNG),
    (b"\xff\xd8\xff", FileKind.JPEG),
)
_ZIP = b"PK\x03\x04"
_MAIN_PARTS = {"word/document.xml": FileKind.WORD, "xl/workbook.xml": FileKind.EXCEL}
_MOST_PARTS = 2_000
_LARGEST_UNPACKED = 20 * LARGEST
"""Bytes. Whoever opens the file unpacks it, so it must not be able to fill a disk."""
_MACROS = ("vbaproject.bin", "basic/", "scripts/")


class NotAllowed(Exception):
    """A file that cannot be attached; `why` is `kind`, `macros`, `bomb` or `broken`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def kind_of(content: bytes) -> FileKind:
    """The kind of a file. Raises `NotAllowed` for one that is none of those, carries macros, or unpacks without end."""
    for signature, kind in _SIGNATURES:
        if content.startswith(signature):
            return kind
    if content.startswith(_ZIP):
        return _kind_of_package(content)
    raise NotAllowed("kind")


def _kind_of_package(content: bytes) -> FileKind:
    """Only the list of parts is read, and one small part that says what it is; nothing is unpacked."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            parts = package.infolist()
            _check_size(parts)
            names = {part.filename.casefold() for part in parts}
            if any(name.endswith(_MACROS[0]) or name.startswith(_MACROS[1:]) for name in names):
                raise NotAllowed("macros")
            return _named(names) or _declared(package, names)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise NotAllowed("broken") from error


def _check_size(parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _LARGEST_UNPACKED:
        raise NotAllowed("bomb")


def _named(names: set[str]) -> FileKind | None:
    if "[content_types].xml" not in names:
        return None
    return next((kind for part, kind in _MAIN_PARTS.items() if part in names), None)


def _declared(package: zipfile.ZipFile, names: set[str]) -> FileKind:
    if "mimetype" in names:
        with package.open("mimetype") as part:
            if part.read(len(FileKind.OPEN_TEXT) + 1) == FileKind.OPEN_TEXT.encode():
                return FileKind.OPEN_TEXT
    raise NotAllowed("kind")
