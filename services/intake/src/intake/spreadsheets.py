"""Rows of texts as files for spreadsheets, in which nothing is calculated."""

import csv
from collections.abc import Iterable, Sequence
from io import BytesIO, StringIO

import xlsxwriter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""With these, spreadsheets begin what they calculate."""


def write_csv(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """For spreadsheets in Danish: UTF-8 with a mark, semicolons. What looks like a formula is kept from being one."""
    file = StringIO()
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in row] for row in rows)
    return file.getvalue().encode("utf-8-sig")


def read_cell(cell: str) -> str:
    """A cell of such a file as it was before `write_csv` kept it from being a formula."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell


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
