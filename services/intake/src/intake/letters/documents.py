"""A letter as PDF, printed in a process of its own: what people type goes through libraries in other languages."""

from base64 import b64decode

from pydantic import TypeAdapter

from intake.letters.model import Letter
from intake.letters.printing import page_of
from shared.errors import Refused
from shared.isolation.busy import too_busy
from shared.isolation.running import Limits, Line, Unread, isolated

_TEXT = TypeAdapter(str)
_LIMITS = Limits(memory=1024 * 1024 * 1024, seconds=45)
LETTERS = Line("letters", at_once=1, waiting=3)
"""Apart from the files that are sent: a letter may take long, and those would wait for it."""
_TOO_MUCH = frozenset({"memory", "time", "output"})


async def document_of(letter: Letter, whose: str) -> bytes:
    """The letter as `as_pdf` prints it, for the person `whose` it is to be.

    Raises `letter-not-printed` where that takes too much, or `too-busy`.

    Raises `Unread` where the fault is none of the letter's: a font, the disk, or Praksis itself.
    """
    page = page_of(letter).encode()
    try:
        pdf = await isolated("intake.letters.isolated:pdf_in_base64", page, _TEXT, _LIMITS, LETTERS, whose)
    except Unread as unread:
        if unread.why == "busy":
            raise too_busy() from None
        if unread.why in _TOO_MUCH:
            raise Refused("letter-not-printed") from None
        raise
    return b64decode(pdf)
