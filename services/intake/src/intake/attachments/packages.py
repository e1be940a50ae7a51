"""Files that are packages: a zip of parts, of which each is looked at within bounds."""

import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from xml.parsers import expat

from intake.attachments.model import LARGEST
from intake.compound import COMPOUND

MOST_PARTS = 2_000
LARGEST_UNPACKED = 20 * LARGEST
"""Bytes. Whoever opens the file unpacks it, so it must not be able to fill a disk."""
LARGEST_TAG = 512 * 1024
"""Bytes of a tag with its attributes: a parser has to hold, and to compare, all of them at once."""
MOST_ELEMENTS = 2_000_000
"""Elements of all parts that are looked through."""
_PIECE = 64 * 1024
_BEFORE_XML = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"
"""What may stand before the first sign of XML, in any encoding of which a parser needs not be told."""
ZIP = b"PK\x03\x04"
_PROGRAMS = (
    *(b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe"),
    *(b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"L\0\0\0\x01\x14\x02\0"),
)
_USUAL = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, RuntimeError, EOFError, OSError, ValueError)


class NotAllowed(Exception):
    """A file that cannot be attached.

    `why` is `kind`, `old` for what Office saved before 2007, `password`, `macros`, `embedded` for what else could be
    run from it, `remote` for what it would fetch, `bomb`, `unread` for what takes too much, or `broken`; of a PDF also
    `scripts`, `files` that it carries, or `protected`.
    """

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Package:
    """The parts of a zip by their names, which count without regard to case. Raises `NotAllowed`, as all here does."""

    def __init__(self, content: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(BytesIO(content))
        except _BROKEN as error:
            raise NotAllowed("broken") from error
        self._elements = 0
        parts = self._zip.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
            raise NotAllowed("bomb")
        self.parts = {part.filename.casefold(): part for part in parts if not part.is_dir()}
        odd = any(part.compress_type not in _USUAL or part.flag_bits & 1 for part in parts)
        if odd or len({part.filename.casefold() for part in parts}) < len(parts):
            raise NotAllowed("broken")  # of two parts with one name, another reader may take the other

    def read(self, name: str, most: int | None = None) -> bytes:
        """A part, or its beginning."""
        try:
            with self._zip.open(self.parts[name]) as part:
                return part.read(-1 if most is None else most)
        except _BROKEN as error:
            raise NotAllowed("broken") from error

    def nested(self) -> Iterator[bytes]:
        """The parts that are packages themselves. Raises `NotAllowed` for a part that is a program, or like one."""
        for name in self.parts:
            begin = self.read(name, 8)
            if begin.startswith((*_PROGRAMS, COMPOUND)):
                raise NotAllowed("embedded")
            if begin.startswith(ZIP):
                yield self.read(name)

    def is_xml(self, name: str, kind: str = "") -> bool:
        """Whether a part may be read as XML by who opens the file: by what it is said to be, called, or begins with.

        One with nothing in it is none: office programs put such parts into texts.
        """
        if self.parts[name].file_size == 0:
            return False
        if kind.endswith(("/xml", "+xml")) or name.endswith((".xml", ".rels", ".rdf")):
            return True
        return self.read(name).lstrip(_BEFORE_XML).startswith(b"<")

    def walk(
        self, name: str, seen: Callable[[str, dict[str, str]], None], read: Callable[[str, str], None] | None = None
    ) -> None:
        """Tell of each element of an XML part, as `namespace name`, with its attributes; `read` gets the text that
        stands right in an element, in pieces, with that element.

        A part with a document type is refused: what that declares could be read from elsewhere, or grow without end.
        So is one that takes very long to read: with a tag that has no end, or with elements without number.
        """
        open_elements: list[str] = []

        def begin(element: str, attributes: dict[str, str]) -> None:
            self._elements += 1
            if self._elements > MOST_ELEMENTS:
                raise NotAllowed("unread")
            open_elements.append(element)
            seen(element, attributes)

        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = begin
        parser.EndElementHandler = lambda _: open_elements.pop()
        if read is not None:
            parser.CharacterDataHandler = lambda text: read(open_elements[-1], text)
        parser.StartDoctypeDeclHandler = _refuse_document_type
        try:
            _feed(parser, self.read(name))
        except (expat.ExpatError, ValueError, LookupError) as error:  # also an encoding that nobody knows
            raise NotAllowed("broken") from error


def _feed(parser: expat.XMLParserType, content: bytes) -> None:
    for place in range(0, len(content), _PIECE):
        parser.Parse(content[place : place + _PIECE], False)
        if place + _PIECE - max(parser.CurrentByteIndex, 0) > LARGEST_TAG:
            raise NotAllowed("unread")
    parser.Parse(b"", True)


def leads_away(address: str) -> bool:
    """Whether what is at an address would be fetched from another machine, rather than from a disk of one's own."""
    plain = address.strip().replace("\\", "/").casefold()
    if re.match(r"file:/*[a-z]:/|[a-z]:/", plain):
        return False
    return plain.startswith("//") or bool(re.match(r"[a-z][a-z0-9+.-]*:", plain))


def _refuse_document_type(*_: object) -> None:
    raise NotAllowed("broken")
