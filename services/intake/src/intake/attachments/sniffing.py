"""What a file is, by what is in it; what it calls itself is not asked."""

import zipfile
from io import BytesIO

from intake.attachments.model import FileKind
from intake.attachments.office import TYPES, office_kind
from intake.attachments.opendocument import is_open_text
from intake.attachments.packages import ZIP, NotAllowed, Package
from intake.attachments.pdf import check_pdf
from intake.compound import compound_file

_SIGNATURES = (
    (b"%PDF-", FileKind.PDF),
    (b"\x89PNG\r\n\x1a\n", FileKind.PNG),
    (b"\xff\xd8\xff", FileKind.JPEG),
)
_MACROS = ("vbaproject.bin", "basic/", "scripts/")
"""What parts with macros are usually called; what they are called otherwise, their types and relations say."""
_DEEPEST = 2
"""Packages within packages: a chart in a document carries its numbers as a workbook."""


def kind_of(content: bytes) -> FileKind:
    """The kind of a file. Raises `NotAllowed` for one that is none of those, or would do harm when it is opened."""
    for signature, kind in _SIGNATURES:
        if content.startswith(signature):
            if zipfile.is_zipfile(BytesIO(content)):  # two things at once, depending on who looks
                raise NotAllowed("kind")
            if kind is FileKind.PDF:
                check_pdf(content)
            return kind
    if content.startswith(ZIP):
        return _kind_of_package(content, _DEEPEST)
    raise NotAllowed(compound_file(content) or "kind")


def _kind_of_package(content: bytes, deepest: int) -> FileKind:
    package = Package(content)
    if any(name.endswith(_MACROS[0]) or name.startswith(_MACROS[1:]) for name in package.parts):
        raise NotAllowed("macros")
    kind = office_kind(package) if TYPES in package.parts else None
    if kind is None and is_open_text(package):
        kind = FileKind.OPEN_TEXT
    if kind is None:
        raise NotAllowed("kind")
    for nested in package.nested():
        if deepest == 0 or _kind_of_package(nested, deepest - 1) not in (FileKind.WORD, FileKind.EXCEL):
            raise NotAllowed("embedded")
    return kind
