"""What a file is that somebody has sent, seen in a process of its own."""

from dataclasses import dataclass

from pydantic import TypeAdapter

from intake.attachments.model import FileKind
from intake.attachments.packages import NotAllowed
from shared.isolation.running import Limits, Unread, isolated


@dataclass(frozen=True, slots=True)
class Inspection:
    """The kind of a file, or why it cannot be attached."""

    kind: FileKind | None
    why: str | None


_INSPECTION = TypeAdapter(Inspection)
_LIMITS = Limits(seconds=30)
"""A PDF of the largest size may have a hundred thousand objects, of which each is looked at."""


async def kind_of_sent(content: bytes, whose: str) -> FileKind:
    """The kind of a file, as `kind_of` sees it; `whose` is the person who has sent it.

    Raises `NotAllowed`, also with `unread` for what takes too much or brings down its reader, and with `busy` where so
    many files are being read that this one was not begun.
    """
    try:
        inspected = await isolated("intake.attachments.isolated:inspect", content, _INSPECTION, _LIMITS, whose=whose)
    except Unread as unread:
        raise NotAllowed("busy" if unread.why == "busy" else "unread") from None
    if inspected.kind is None:
        raise NotAllowed(inspected.why or "kind")
    return inspected.kind
