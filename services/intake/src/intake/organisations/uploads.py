"""A table that somebody has sent, read in a process of its own."""

from dataclasses import dataclass

from pydantic import TypeAdapter

from intake.organisations.files import NotATable, TableRow
from shared.isolation.running import Limits, Unread, isolated


@dataclass(frozen=True, slots=True)
class Read:
    """What `intake.organisations.isolated` answers with: rows, or why there are none, with the columns it is about."""

    rows: list[TableRow]
    reason: str | None
    columns: list[str]


_READ = TypeAdapter(Read)
_LIMITS = Limits(seconds=20)


async def read_sent_table(content: bytes, whose: str) -> list[TableRow]:
    """The rows below the headings, as `read_table` gives them; `whose` is the person who has sent them.

    Raises `NotATable`, with the reason `unread` for what takes too much or brings down its reader, and `busy` where so
    many tables and files are being read that this one was not begun.
    """
    try:
        read = await isolated("intake.organisations.isolated:read", content, _READ, _LIMITS, whose=whose)
    except Unread as unread:
        raise NotATable("busy" if unread.why == "busy" else "unread") from None
    if read.reason is not None:
        raise NotATable(read.reason, *read.columns)
    return read.rows
