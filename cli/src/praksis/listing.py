"""Rows for a person to read: a table where the terminal is wide enough, else each row over several lines.

Nothing is cut off, and nothing but prose is broken in the middle: ids are there to be copied.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from praksis.output import answers, plain

GAP = 2
"""Spaces between two columns."""
NOTHING = "–"
NARROWEST_PROSE = 30


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `width` is what it takes at least; `label` stands before a cell where there is no heading.

    The last column may be `prose`, which takes what room there is and goes on in the next line.
    """

    title: str
    width: int = 0
    label: str = ""
    right: bool = False
    prose: bool = False
    style: str = ""


class Listing:
    """Prints rows under the same heading, one after the other, as they come."""

    def __init__(self, columns: Sequence[Column], rows: Iterable[Sequence[str]] = ()) -> None:
        """`rows` are those known beforehand, from which the columns take their widths."""
        known = list(rows)
        self._columns = columns
        self._console = answers()
        self._widths = [_width(column, [row[place] for row in known]) for place, column in enumerate(columns)]
        self._is_table = sum(self._widths) + GAP * (len(columns) - 1) <= self._console.width
        self._headed = False

    def row(self, cells: Sequence[str], style: str = "") -> None:
        """Print one row."""
        cells = [plain(cell) for cell in cells]
        if self._is_table:
            self._head()
            self._line(cells, [column.style or style for column in self._columns])
        else:
            _flow(self._console, self._columns, cells, style)

    def _head(self) -> None:
        if not self._headed:
            self._headed = True
            self._line([column.title for column in self._columns], ["bold"] * len(self._columns))

    def _line(self, cells: Sequence[str], styles: Sequence[str]) -> None:
        line = Text()
        for column, width, cell, style in zip(self._columns, self._widths, cells, styles, strict=True):
            if column.prose:
                line.append_text(self._prose(cell, style, indent=line.cell_len))
                break
            padding = " " * (width - cell_len(cell))
            line.append(padding + cell if column.right else cell + padding, style)
            line.append(" " * GAP)
        line.rstrip()
        self._console.print(line)

    def _prose(self, cell: str, style: str, indent: int) -> Text:
        lines = Text(cell, style).wrap(self._console, self._console.width - indent)
        return Text("\n" + " " * indent).join(lines)


def show(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
    """Print rows that are all known."""
    listing = Listing(columns, rows)
    for row in rows:
        listing.row(row)


def _width(column: Column, cells: Sequence[str]) -> int:
    if column.prose:
        return NARROWEST_PROSE
    return max(column.width, cell_len(column.title), *(cell_len(plain(cell)) for cell in cells), 0)


def _flow(console: Console, columns: Sequence[Column], cells: Sequence[str], style: str) -> None:
    """As many cells to a line as fit, the first line further to the left; what is not there is left out."""
    line = Text()
    for column, cell in zip(columns, cells, strict=True):
        if cell in ("", NOTHING):
            continue
        labelled = Text.assemble((f"{column.label} " if column.label else "", "dim"), (cell, column.style or style))
        if line.plain.strip() and line.cell_len + GAP + labelled.cell_len > console.width:
            console.print(line)
            line = Text(" " * GAP)
        elif line.plain.strip():
            line.append(" " * GAP)
        line.append_text(labelled)
    console.print(line)
