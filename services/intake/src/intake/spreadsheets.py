"""Rows of texts as files for spreadsheets, in which nothing is calculated, and CSV as spreadsheets write it."""

import codecs
import csv
import re
from collections.abc import Iterable, Sequence
from io import BytesIO, StringIO

import xlsxwriter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""With these, spreadsheets begin what they calculate."""
_DELIMITERS = ";,\t"
_GUARD = "'"
"""In a cell of CSV it says that what follows is a text; of several, the first does."""


class Unreadable(ValueError):
    """The file is no CSV. `reason` is `format` or `encoding`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def write_csv(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """For spreadsheets in Danish: UTF-8 with a mark, semicolons. What looks like a formula is kept from being one."""
    file = StringIO()
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return file.getvalue().encode("utf-8-sig")


def read_csv(content: bytes) -> list[list[str]]:
    """The cells of each line as they stand there, for `read_cell`. A first line such as `sep=;` is not one of them.

    Raises `Unreadable`.
    """
    text = _decoded(content)
    named = re.match(r'"?sep=([^\s"]|\t)"?\r?\n', text, re.IGNORECASE)
    text = text[named.end() :] if named else text
    first = text.partition("\n")[0]
    delimiter = named[1] if named else max(_DELIMITERS, key=first.count)
    try:
        return list(csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        raise Unreadable("format") from None


def guarded(cell: str) -> str:
    """A text as a cell of CSV that no spreadsheet calculates."""
    return f"{_GUARD}{cell}" if _needs_guard(cell) else cell


def read_cell(cell: str) -> str:
    """The text that `guarded` was given."""
    return cell[1:] if cell.startswith(_GUARD) and _needs_guard(cell[1:]) else cell


def _needs_guard(cell: str) -> bool:
    # Also what begins with an apostrophe of its own, which would be taken for the guard.
    return cell.lstrip(_GUARD).startswith(FORMULA)


def _decoded(content: bytes) -> str:
    """UTF-8, UTF-16 with its mark, or what Excel in Western Europe writes where one asks for nothing else."""
    is_utf_16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if b"\0" in content and not is_utf_16:
        raise Unreadable("format")
    try:
        return content.decode("utf-16" if is_utf_16 else "utf-8-sig")
    except UnicodeDecodeError:
        if is_utf_16 or _is_damaged_utf_8(content):
            raise Unreadable("encoding") from None
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError:
        raise Unreadable("encoding") from None


def _is_damaged_utf_8(content: bytes) -> bool:
    """Whether some of it is UTF-8 beyond ASCII, so that the rest is damage and not another encoding."""
    return any(
        character > "\x7f" and character != "\N{REPLACEMENT CHARACTER}"
        for character in content.decode("utf-8", "replace")
    )


def write_xlsx(sheet_name: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """The same as a workbook of texts, in which no leading nought is lost."""
    file = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet(sheet_name)
        sheet.freeze_panes(1, 0)
        for number, row in enumerate([headings, *rows]):
            for place, cell in enumerate(row):
                sheet.write_string(number, place, cell)
        sheet.autofit()
    return file.getvalue()
