"""A letter as PDF, printed in a process of its own: what people type goes through libraries in other languages."""

from base64 import b64decode

from pydantic import TypeAdapter

from intake.letters.model import Letter
from intake.letters.printing import page_of
from shared.errors import Problem
from shared.isolation.running import Limits, Unread, isolated
from shared.web.busy import too_busy

_TEXT = TypeAdapter(str)
_LIMITS = Limits(memory=1024 * 1024 * 1024, seconds=45)


async def document_of(letter: Letter) -> bytes:
    """The letter as `as_pdf` prints it. Raises `letter-not-printed` where that takes too much, or `too-busy`."""
    try:
        pdf = await isolated("intake.letters.isolated:pdf_in_base64", page_of(letter).encode(), _TEXT, _LIMITS)
    except Unread as unread:
        raise too_busy() if unread.why == "busy" else Problem("letter-not-printed", 422) from None
    return b64decode(pdf)
