"""Tables of daycares: what is read from a file, and what each row would do."""

import struct
import zipfile
import zlib
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
import xlsxwriter
from intake_cases import MORSO, VORDINGBORG, daycare

from intake.organisations.files import (
    COLUMNS,
    LARGEST_UNPACKED,
    MOST_PARTS,
    MOST_ROWS,
    NotATable,
    TableRow,
    read_table,
    write_csv,
    write_xlsx,
)
from intake.organisations.importing import CheckedRow, Effect, check_rows, table_of
from intake.organisations.model import Address, Daycare, End, Ending
from shared.errors import Text

KNOWN = replace(daycare(1), cvr="10150817", address=Address("Havnegade 1", "4760", "Vordingborg"))
HEADINGS = ";".join(COLUMNS)
LINE = "0000000001;Daycare 1;vuggestue;kommunal;0;2;0390;10150817;Havnegade 1;4760;Vordingborg"


def csv(*lines: str, headings: str = HEADINGS) -> bytes:
    return "\n".join([headings, *lines]).encode()


def workbook(*lines: tuple[object, ...]) -> bytes:
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, line in enumerate([COLUMNS, *lines]):
            sheet.write_row(number, 0, line)
    return file.getvalue()


def judged(content: bytes, *known: Daycare, municipality: str | None = None) -> tuple[CheckedRow, ...]:
    return check_rows(read_table(content), {each.p_number: each for each in known}, municipality)


def errors(row: CheckedRow) -> list[tuple[str | None, str]]:
    return [(error.column, error.message.message) for error in row.errors]


# Files


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_what_is_exported_is_imported_as_it_was(write: object) -> None:
    content = write(table_of([KNOWN]))  # type: ignore[operator]
    assert judged(content, KNOWN) == (CheckedRow(2, "Daycare 1", KNOWN, Effect.SAME, ()),)


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_any_usual_delimiter_and_a_mark_at_the_beginning_will_do(delimiter: str) -> None:
    content = b"\xef\xbb\xbf" + csv(LINE).replace(b";", delimiter.encode())
    assert [row.effect for row in judged(content, KNOWN)] == [Effect.SAME]


def test_headings_may_stand_in_another_order_and_empty_rows_are_left_out() -> None:
    content = csv("Ny;0000000007", "", ";", headings="NAVN; P-Nummer ;type;ejerform;alder fra;alder til;kommunekode;x")
    assert read_table(content) == [TableRow(2, {"navn": "Ny", "p-nummer": "0000000007"})]


def test_numbers_of_a_workbook_keep_their_noughts() -> None:
    content = workbook(
        (1, "Daycare 1", "vuggestue", "kommunal", 0, 2, 390, 10150817, "Havnegade 1", 4760, "Vordingborg")
    )
    assert [row.effect for row in judged(content, KNOWN)] == [Effect.SAME]


def bomb() -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * (LARGEST_UNPACKED + 1))
    return file.getvalue()


def package(parts: int) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for number in range(parts):
            packed.writestr(f"{number}", b"")
    return file.getvalue()


def lying_bomb() -> bytes:
    """A workbook whose sheet becomes far larger than its list of parts says, and is whole as far as that."""
    sheet, large = "xl/worksheets/sheet1.xml", BytesIO()
    with zipfile.ZipFile(BytesIO(workbook(tuple(LINE.split(";"))))) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    said = parts[sheet]
    with zipfile.ZipFile(large, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content + b" " * LARGEST_UNPACKED * 2 if name == sheet else content)
        true = packed.getinfo(sheet)
    truth = struct.pack("<LLL", true.CRC, true.compress_size, true.file_size)
    lie = struct.pack("<LLL", zlib.crc32(said), true.compress_size, len(said))
    return large.getvalue().replace(truth, lie)


def test_of_a_package_that_lies_about_its_size_no_more_is_unpacked_than_it_says() -> None:
    assert [row.cells["navn"] for row in read_table(lying_bomb())] == ["Daycare 1"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"\x00\x01", "format", id="bytes"),
        pytest.param(b"PK\x03\x04 and no more", "format", id="no zip"),
        pytest.param(bomb(), "too-large", id="zip bomb"),
        pytest.param(package(MOST_PARTS + 1), "too-large", id="too many parts"),
        pytest.param(workbook()[:60] + b"x" * 40 + workbook()[100:], "format", id="a damaged package"),
        pytest.param("p-nummer;navn\n1;Børnehaven".encode("latin-1"), "encoding", id="Latin 1"),
        pytest.param(b"", "empty", id="nothing"),
        pytest.param(csv(*[LINE] * (MOST_ROWS + 1)), "too-large", id="too many rows"),
        pytest.param(csv('"'), "format", id="a quotation without an end"),
        pytest.param(b"a;b\n1;2", "columns", id="other headings"),
    ],
)
def test_what_is_no_table_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(NotATable) as refused:
        read_table(content)
    assert refused.value.reason == reason


def test_the_largest_table_is_read() -> None:
    assert len(read_table(csv(*[LINE] * MOST_ROWS))) == MOST_ROWS


def test_missing_headings_are_named() -> None:
    with pytest.raises(NotATable) as refused:
        read_table(b"p-nummer;navn;ejerform;alder fra;alder til;kommunekode\n")
    assert refused.value.columns == ("type",)


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@a"])
def test_what_looks_like_a_formula_leaves_as_a_text(name: str) -> None:
    table = table_of([replace(KNOWN, name=name)])
    assert f";'{name};" in write_csv(table).decode()
    for written in (write_xlsx(table), write_csv(table)):
        (row,) = read_table(written)
        assert row.cells["navn"] == name


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
@pytest.mark.parametrize(
    "name", ["Ђорђе", "أحمد بن علي", "ᐃᓄᒃ", "太田", "김민준", "अनिता", "สมชาย", 'A;"b"', "a,b", "👩‍🏫"]
)
def test_a_name_in_any_script_leaves_and_comes_back(write: object, name: str) -> None:
    (row,) = read_table(write(table_of([replace(KNOWN, name=name)])))  # type: ignore[operator]
    assert row.cells["navn"] == name


def test_an_apostrophe_that_keeps_nothing_from_being_a_formula_stays() -> None:
    table = table_of([replace(KNOWN, name="'t Hoekje")])
    assert [row.cells["navn"] for row in read_table(write_csv(table))] == ["'t Hoekje"]


# Rows


def test_a_new_number_is_a_new_daycare_and_another_name_a_change() -> None:
    (new,) = judged(csv(LINE))
    assert (new.effect, new.errors) == (Effect.NEW, ())
    (changed,) = judged(csv(LINE.replace("Daycare 1", "Solstrålen")), KNOWN)
    assert (changed.effect, changed.daycare) == (Effect.CHANGED, replace(KNOWN, name="Solstrålen"))


def test_an_address_that_is_left_out_is_taken_away() -> None:
    (row,) = judged(csv("0000000001;Daycare 1;vuggestue;kommunal;0;2;0390;10150817"), KNOWN)
    assert row.daycare == replace(KNOWN, address=None)


ONE_OF = "This must be one of: {words}."


@pytest.mark.parametrize(
    ("before", "after", "wrong"),
    [
        ("0000000001", "12345678901", ("p-nummer", "This does not have the right form.")),
        ("0000000001", "one", ("p-nummer", "This does not have the right form.")),
        ("Daycare 1", "", ("navn", "This field is required.")),
        ("Daycare 1", "=1+1", ("navn", "This looks like a formula. Write the value itself.")),
        ("vuggestue", "skole", ("type", ONE_OF)),
        ("kommunal", "statslig", ("ejerform", ONE_OF)),
        (";0;2;", ";8;8;", ("alder fra", "This may be at most {le}.")),
        (";0;2;", ";x;2;", ("alder fra", "This must be a whole number.")),
        (";0;2;", ";3;2;", (None, "The oldest children must not be younger than the youngest.")),
        ("0390", "9999", ("kommunekode", "There is no municipality with this code.")),
        ("10150817", "10150818", ("cvr", "This is no CVR number: the check digit does not fit.")),
        ("4760", "47600", ("postnr", "This does not have the right form.")),
        (";4760", ";", ("postnr", "This field is required.")),
    ],
)
def test_what_is_wrong_in_a_row_is_told_with_its_column(before: str, after: str, wrong: tuple[str | None, str]) -> None:
    assert before in LINE
    (row,) = judged(csv(LINE.replace(before, after, 1)))
    assert (row.daycare, row.effect) == (None, None)
    assert wrong in errors(row)


def test_every_wrong_cell_of_a_row_is_told() -> None:
    (row,) = judged(csv("x;;vuggestue;kommunal;0;9;0390"))
    assert [column for column, _ in errors(row)] == ["p-nummer", "navn", "alder til"]


def test_a_number_that_stands_twice_is_wrong_in_both_rows() -> None:
    rows = judged(csv(LINE, LINE.replace("0000000001", "1")))
    assert [errors(row) for row in rows] == [[("p-nummer", "This P-number stands in several rows.")]] * 2


def test_who_acts_for_a_municipality_imports_its_daycares_only() -> None:
    elsewhere = [("kommunekode", "The daycare belongs to another municipality than yours.")]
    (other,) = judged(csv(LINE), municipality=MORSO)
    (taken,) = judged(csv(LINE.replace(VORDINGBORG, MORSO)), KNOWN, municipality=MORSO)
    assert (errors(other), errors(taken)) == (elsewhere, elsewhere)
    assert judged(csv(LINE), KNOWN, municipality=VORDINGBORG)[0].effect is Effect.SAME


def test_a_daycare_that_is_no_more_is_not_changed() -> None:
    ended = replace(KNOWN, end=End(Ending.CLOSED, date(2026, 8, 1)))
    (row,) = judged(csv(LINE), ended)
    assert row.errors[0].message == Text("The daycare with this P-number is no more.")
