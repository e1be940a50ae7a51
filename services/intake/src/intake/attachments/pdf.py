"""What a PDF carries: programs, and other files. Its objects are followed from its root, as a reader would."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from intake.attachments.packages import NotAllowed

_PROGRAMS = {"/JS", "/XFA"}
"""Scripts, and forms of a kind that consists of them."""
_STARTING = {"/JavaScript", "/Launch", "/ImportData", "/GoToE"}
_PLAIN = re.compile(rb"/S\s*/(?:JavaScript|Launch|ImportData)\b")
"""What stands there to be read, though nothing leads to it: a reader that repairs the file may come upon it."""
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_CARRYING = {"/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/3D"}


def check_pdf(content: bytes) -> None:
    """Raises `NotAllowed` for what starts a program, carries other files, is protected, or cannot be followed."""
    try:
        reader = PdfReader(BytesIO(content))
        if reader.is_encrypted:
            raise NotAllowed("protected")
        for each in _dictionaries(reader):
            _check(each)
        if _PLAIN.search(_ESCAPED.sub(lambda found: bytes.fromhex(found[1].decode()), content)):
            raise NotAllowed("scripts")
    except (NotAllowed, MemoryError):
        raise
    except Exception as error:  # pypdf raises whatever comes up in what is damaged
        raise NotAllowed("broken") from error


def _check(each: DictionaryObject) -> None:
    if _PROGRAMS & each.keys() or _said(each, "/S") in _STARTING:
        raise NotAllowed("scripts")
    if "/EF" in each or _said(each, "/Subtype") in _CARRYING:
        raise NotAllowed("files")


def _said(each: DictionaryObject, name: str) -> str:
    return str(each[name]) if name in each else ""  # what stands elsewhere is fetched by the brackets alone


def _dictionaries(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Every dictionary that can be reached, once. Raises `ValueError` where there is no root."""
    waiting: list[Any] = [reader.trailer]
    if not isinstance(reader.trailer["/Root"], DictionaryObject):
        raise ValueError("a document has a root")
    seen: set[int] = set()
    while waiting:
        each = waiting.pop()
        if isinstance(each, IndirectObject):
            if each.idnum in seen:
                continue
            seen.add(each.idnum)
            each = each.get_object()
        if isinstance(each, DictionaryObject):
            yield each
            waiting.extend(dict.values(each))
        elif isinstance(each, ArrayObject):
            waiting.extend(each)
