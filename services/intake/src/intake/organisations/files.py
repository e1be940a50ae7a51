"""Daycares as spreadsheets: CSV or XLSX in, and the same columns out."""

import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO

import python_calamine

from intake import spreadsheets
from intake.compound import compound_file

COLUMNS = (
    "p-nummer", "navn", "type", "ejerform", "alder fra", "alder til", "kommunekode", "cvr", "adresse", "postnr", "by",
)  # fmt: skip
"""The headings, the same in every language of the screen: files wander between people who read different ones."""
OPTIONAL = frozenset(COLUMNS[7:])
LARGEST_UNPACKED = 20_000_000
"""Bytes that a workbook may grow to when it is unpacked."""
MOST_PARTS = 1_000
"""Files within a workbook."""
MOST_ROWS = 5_000
_BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, RuntimeError, EOFError, OSError, ValueError)
"""What reading a package raises that is damaged, encrypted, named in no encoding, or packed in an unknown way."""


class NotATable(Exception):
    """The file is no table of daycares.

    `reason` is one of `format`, `old` for what is saved as spreadsheets once were, `password`, `encoding`, `too-large`,
    `empty`, `columns`, which are missing, and `twice`, for columns that stand there more than once.
    """

    def __init__(self, reason: str, *columns: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.columns = columns


@dataclass(frozen=True, slots=True)
class TableRow:
    """One line of the sheet, counted as the spreadsheet counts it, with its cells by heading, in the sheet's order.

    A cell that the line is too short for is not among them, as if its column were missing. Of CSV, `formulas` are the
    columns in which a formula stands.
    """

    number: int
    cells: dict[str, str]
    formulas: frozenset[str] = frozenset()


def read_table(content: bytes) -> list[TableRow]:
    """The rows below the headings; empty ones are left out. What the file is, its content says and not its name.

    Raises `NotATable`.
    """
    if (why := compound_file(content)) is not None:
        raise NotATable(why)
    lines = _workbook_lines(content) if content.startswith(b"PK\x03\x04") else _csv_lines(content)
    if not any(lines):
        raise NotATable("empty")
    headings = [" ".join(heading.split()).casefold() for heading in lines[0]]
    if missing := [column for column in COLUMNS if column not in headings and column not in OPTIONAL]:
        raise NotATable("columns", *missing)
    if twice := [column for column in COLUMNS if headings.count(column) > 1]:
        raise NotATable("twice", *twice)
    if len(lines) - 1 > MOST_ROWS:
        raise NotATable("too-large")
    return list(_rows(headings, lines[1:]))


def write_rows(rows: Sequence[TableRow]) -> str:
    """The rows as CSV that `read_table` reads as the same rows: with the same numbers, and nothing that was missing."""
    columns = max((list(row.cells) for row in rows), key=len, default=list(COLUMNS))
    lines = {row.number: list(row.cells.values()) for row in rows}
    every = (lines.get(number, []) for number in range(2, max(lines, default=1) + 1))
    return spreadsheets.write_csv(columns, every).decode("utf-8-sig")


def write_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """Daycares for spreadsheets in Danish."""
    return spreadsheets.write_csv(COLUMNS, rows)


def write_xlsx(rows: Iterable[Sequence[str]]) -> bytes:
    """The same as a workbook."""
    return spreadsheets.write_xlsx("Dagtilbud", COLUMNS, rows)


def _rows(headings: Sequence[str], lines: Sequence[Sequence[str]]) -> Iterator[TableRow]:
    for number, line in enumerate(lines, start=2):
        cells = {heading: cell.strip() for heading, cell in zip(headings, line, strict=False) if heading in COLUMNS}
        if any(cells.values()):
            formulas = frozenset(column for column, cell in cells.items() if cell.startswith(spreadsheets.FORMULA))
            yield TableRow(number, {column: spreadsheets.read_cell(cell) for column, cell in cells.items()}, formulas)


def _csv_lines(content: bytes) -> list[list[str]]:
    try:
        return spreadsheets.read_csv(content)
    except spreadsheets.Unreadable as unreadable:
        raise NotATable(unreadable.reason) from None


def _workbook_lines(content: bytes) -> list[list[str]]:
    """Its cells as they would stand in CSV: a workbook tells texts and formulas apart by itself."""
    return [[spreadsheets.guarded(cell.strip()) for cell in line] for line in _workbook(content)]


def _workbook(content: bytes) -> list[list[str]]:
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(BytesIO(_unpacked(content)))
        sheet = book.get_sheet_by_index(0).to_python(skip_empty_area=False, nrows=MOST_ROWS + 2)
    except (*_BROKEN, python_calamine.CalamineError, IndexError):
        raise NotATable("format") from None
    return [[_cell(cell) for cell in line] for line in sheet]


def _unpacked(content: bytes) -> bytes:
    """The same package without compression.

    Its list of parts may lie about how large they become. No more is unpacked here than it says, and the reader of
    workbooks gets to see nothing else.
    """
    file = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as packed, zipfile.ZipFile(file, "w") as unpacked:
        parts = packed.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
            raise NotATable("too-large")
        for name in dict.fromkeys(packed.namelist()):
            unpacked.writestr(name, packed.read(name))
    return file.getvalue()


def _cell(value: object) -> str:
    """What stands in the cell, as one would type it: a number without a fraction has no decimal point."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return str(value)
