"""The file that goes with what is sent."""

from intake.attachments.inspection import kind_of_sent
from intake.attachments.model import ENDINGS, FileKind
from intake.attachments.naming import WrongEnding, bare_name, name_for, safe_name
from intake.attachments.packages import NotAllowed
from intake.attachments.texts import NOT_ALLOWED, wrong_ending
from intake.materials.model import File
from shared.errors import Size, Text

LARGEST = 150_000
"""Bytes of a file."""
KINDS = (FileKind.PDF, FileKind.WORD, FileKind.EXCEL, FileKind.OPEN_TEXT)
"""The files that are taken. None of them is shown by a browser as a page of ours."""
ENDS = tuple(ENDINGS[kind][0] for kind in KINDS)
OTHER = Text("The file is none of those that can be sent: PDF, DOCX, XLSX or ODT. Save it as one of these.")


class NotTaken(ValueError):
    """The file cannot go with what is sent; the sentence says why. `is_busy` where nobody has looked at it yet."""

    def __init__(self, said: Text, *, is_busy: bool = False) -> None:
        super().__init__(said)
        self.said = said
        self.is_busy = is_busy


def has_other_ending(name: str) -> bool:
    """Whether the name, by its end, is that of a file that is not taken."""
    return bare_name(name).rpartition(".")[2].lower() not in ENDS or "/" in name or "\\" in name


async def taken(name: str, content: bytes, whose: str) -> File:
    """The file as it is offered; `whose` is the person who has sent it. Raises `NotTaken`."""
    if has_other_ending(name):
        raise NotTaken(OTHER)
    if not content:
        raise NotTaken(Text("The file is empty. Choose one with something in it."))
    if len(content) > LARGEST:
        raise NotTaken(Text("The file has more than {most}. Make it smaller.", {"most": Size(LARGEST)}))
    try:
        kind = await kind_of_sent(content, whose)
    except NotAllowed as error:
        raise NotTaken(OTHER if error.why == "kind" else NOT_ALLOWED[error.why], is_busy=error.why == "busy") from None
    if kind not in KINDS:
        raise NotTaken(OTHER)
    try:
        return File(name_for(name, kind), kind)
    except WrongEnding as error:
        raise NotTaken(wrong_ending(kind, error.ending)) from None


def kept_file(name: str | None, media_type: str | None) -> File | None:
    """The file of a row, which may have been taken when its name was looked at less closely."""
    return File(safe_name(name, FileKind(media_type)), media_type) if name and media_type else None
