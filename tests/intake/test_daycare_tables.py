"""Tables of daycares: what is read from a file, and what each row would do."""

import struct
import zipfile
import zlib
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from intake_cases import MORSO, VORDINGBORG, daycare

import intake
from intake.organisations.files import (
    COLUMNS,
    LARGEST_UNPACKED,
    MOST_PARTS,
    MOST_ROWS,
    OPTIONAL,
    NotATable,
    TableRow,
    read_table,
    write_csv,
    write_rows,
    write_xlsx,
)
from intake.organisations.importing import KINDS, OWNERSHIPS, CellChange, CheckedRow, Effect, check_rows, table_of
from intake.organisations.model import Address, Daycare, DaycareKind, End, Ending, Ownership
from intake.organisations.texts import KIND, OWNERSHIP
from shared.errors import Text
from shared.identity import LANGUAGES
from shared.translations import Catalogue

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
        ("0000000001", "Daycare 1", "vuggestue", "kommunal", 0, 2, 390, 10150817, "Havnegade 1", 4760, "Vordingborg"),
        (1000000002, "Daycare 2", "vuggestue", "kommunal", 0, 2, 101, 10150817, "Halmtorvet 1", 900, "København C"),
    )
    same, new = judged(content, KNOWN)
    assert (same.effect, new.errors) == (Effect.SAME, ())
    assert new.daycare is not None
    assert new.daycare.address is not None
    assert (new.daycare.municipality, new.daycare.address.postal_code) == ("0101", "0900")


@pytest.mark.parametrize(
    ("before", "after", "wrong"),
    [
        ("0000000001", "100000000", ("p-nummer", "A P-number has ten digits; some are missing here.")),
        ("0000000001", "1", ("p-nummer", "A P-number has ten digits; some are missing here.")),
        ("10150817", "1015081", ("cvr", "A CVR number has eight digits; some are missing here.")),
        ("4760", "476", ("postnr", "A postal code has four digits.")),
        ("0390", "39", ("kommunekode", "There is no municipality with this code.")),
    ],
)
def test_no_nought_is_put_before_a_number_that_cannot_have_lost_one(
    before: str, after: str, wrong: tuple[str, str]
) -> None:
    (row,) = judged(csv(LINE.replace(before, after)))
    assert errors(row) == [wrong]


@pytest.mark.parametrize(("typed", "read"), [("800", "0800"), ("0800", "0800"), ("999", "0999"), ("47 60", "4760")])
def test_a_postal_code_gets_back_the_nought_that_it_has_lost(typed: str, read: str) -> None:
    (row,) = judged(csv(LINE.replace("4760", typed)))
    assert row.daycare is not None
    assert row.daycare.address is not None
    assert row.daycare.address.postal_code == read


@pytest.mark.parametrize(("typed", "age"), [("2", 2), ("2 år", 2), ("2,0", 2), ("0000000002", 2)])
def test_an_age_is_the_number_that_stands_there(typed: str, age: int) -> None:
    (row,) = judged(csv(LINE.replace(";0;2;", f";0;{typed};")))
    assert row.daycare is not None
    assert row.daycare.age_to == age


def test_a_half_year_is_no_age() -> None:
    (row,) = judged(csv(LINE.replace(";0;2;", ";0;2,5;")))
    assert errors(row) == [("alder til", "This must be a whole number.")]


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
        pytest.param("p-nummer;navn\nÅ;Børnehaven".encode()[:-1] + b"\xe6", "encoding", id="damaged UTF-8"),
        pytest.param(b"p-nummer;navn\n1;\x81", "encoding", id="in no encoding that is known"),
        pytest.param(csv(LINE + ";", headings=HEADINGS + "; Navn"), "twice", id="a heading twice"),
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


BEGIN_AS_FORMULAS = ["=1+1", "+1", "-1", "@a", "'=1", "''@a", "'t Hoekje", "-Havblik"]


@pytest.mark.parametrize("name", BEGIN_AS_FORMULAS)
def test_what_looks_like_a_formula_leaves_as_a_text(name: str) -> None:
    table = table_of([replace(KNOWN, name=name)])
    kept = name if name == "'t Hoekje" else f"'{name}"
    assert f";{kept};" in write_csv(table).decode()
    for written in (write_xlsx(table), write_csv(table)):
        (row,) = read_table(written)
        assert (row.cells["navn"], row.formulas) == (name, frozenset())


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
@pytest.mark.parametrize("name", BEGIN_AS_FORMULAS)
def test_a_name_that_looks_like_a_formula_is_exported_previewed_and_imported_as_it_was(write: Any, name: str) -> None:
    known = replace(KNOWN, name=name, address=Address("-1, @ havnen", "4760", "+by"))
    rows = read_table(write(table_of([known])))
    for again in (rows, read_table(write_rows(rows).encode())):
        assert check_rows(again, {known.p_number: known}, None) == (CheckedRow(2, name, known, Effect.SAME, ()),)


@given(st.text(st.characters(exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), min_size=1, max_size=40))
def test_every_name_leaves_and_comes_back(name: str) -> None:
    (row,) = read_table(write_csv(table_of([replace(KNOWN, name=name)])))
    assert (row.cells["navn"], row.formulas) == (name, frozenset())


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8-sig", "utf-8", "utf-16"])
@pytest.mark.parametrize("first", ["", "sep=;\r\n", "SEP=;\n", '"sep=;"\r\n'])
def test_what_spreadsheets_in_danish_save_is_read(encoding: str, first: str) -> None:
    line = LINE.replace("Daycare 1", "Æblehaven – “Åen”")
    rows = read_table((first + "\r\n".join([HEADINGS, line, ""])).encode(encoding))
    assert [(row.number, row.cells["navn"]) for row in rows] == [(2, "Æblehaven – “Åen”")]


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_a_first_line_names_the_delimiter(delimiter: str) -> None:
    content = f"sep={delimiter}\n{HEADINGS}\n{LINE}".replace(";", delimiter).encode()
    assert [row.effect for row in judged(content, KNOWN)] == [Effect.SAME]


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


def test_what_an_empty_cell_says_is_taken_away() -> None:
    (row,) = judged(csv("0000000001;Daycare 1;vuggestue;kommunal;0;2;0390;;;;"), KNOWN)
    assert row.daycare == replace(KNOWN, cvr=None, address=None)
    assert row.changes == (
        CellChange("cvr", "10150817", ""),
        CellChange("adresse", "Havnegade 1", ""),
        CellChange("postnr", "4760", ""),
        CellChange("by", "Vordingborg", ""),
    )


MUST = ";".join(column for column in COLUMNS if column not in OPTIONAL)


def test_a_column_that_is_missing_changes_nothing() -> None:
    (row,) = judged(csv("0000000001;Solstrålen;vuggestue;kommunal;0;2;0390", headings=MUST), KNOWN)
    assert (row.daycare, row.changes) == (
        replace(KNOWN, name="Solstrålen"),
        (CellChange("navn", "Daycare 1", "Solstrålen"),),
    )


@pytest.mark.parametrize("count", range(7, 11))
def test_a_cell_that_a_short_row_misses_changes_nothing(count: int) -> None:
    cells = LINE.split(";")[:count]
    assert [row.effect for row in judged(csv(";".join(cells)), KNOWN)] == [Effect.SAME]


def test_a_column_of_an_address_changes_that_alone() -> None:
    content = csv("0000000001;Daycare 1;vuggestue;kommunal;0;2;0390;Havnegade 2", headings=f"{MUST};adresse")
    (row,) = judged(content, KNOWN)
    assert row.changes == (CellChange("adresse", "Havnegade 1", "Havnegade 2"),)
    assert row.daycare == replace(KNOWN, address=Address("Havnegade 2", "4760", "Vordingborg"))


def test_what_is_confirmed_is_what_was_previewed() -> None:
    short, full, gap = "0000000001;Daycare 1;vuggestue;kommunal;0;2;0390", LINE.replace("0000000001", "1000000002"), ""
    for headings in (HEADINGS, f"{MUST};by;adresse"):
        rows = read_table(csv(short, gap, full, gap, short, headings=headings))
        assert [row.number for row in rows] == [2, 4, 6]
        assert read_table(write_rows(rows).encode()) == rows


@pytest.mark.parametrize("table", [KINDS, OWNERSHIPS])
def test_every_word_of_the_screens_and_the_interface_is_understood(table: dict[Any, tuple[str, ...]]) -> None:
    shown: dict[Any, Text] = {**KIND, **OWNERSHIP}
    catalogue = Catalogue.read([Path(str(intake.__file__)).parent / "locale"])
    for value, words in table.items():
        said = {catalogue.translate(shown[value], language).casefold() for language in LANGUAGES} | {value.value}
        assert said <= set(words)


def test_what_the_list_of_daycares_writes_is_read() -> None:
    (row,) = judged(csv(LINE.replace("vuggestue;kommunal", "Integreret institution;Self-governing")))
    assert row.daycare is not None
    assert (row.daycare.kind, row.daycare.ownership) == (DaycareKind.INTEGRATED, Ownership.SELF_GOVERNING)


SHORTENED = (
    "The spreadsheet has shortened the number to {cell}, and digits are lost. Format the column as text, write the "
    "whole number, and save the table again."
)
ONE_OF = "This must be one of: {words}."


@pytest.mark.parametrize(
    ("before", "after", "wrong"),
    [
        ("0000000001", "12345678901", ("p-nummer", "A P-number has ten digits, and nothing else.")),
        ("0000000001", "one", ("p-nummer", "A P-number has ten digits, and nothing else.")),
        ("0000000001", "9,0316E+09", ("p-nummer", SHORTENED)),
        ("0000000001", "1.00E+09", ("p-nummer", SHORTENED)),
        ("0000000001", "1E+09", ("p-nummer", SHORTENED)),
        ("10150817", "1,02E+07", ("cvr", SHORTENED)),
        ("10150817", "DK10150817", ("cvr", "A CVR number has eight digits, and nothing else.")),
        ("Daycare 1", "", ("navn", "This field is required.")),
        ("Daycare 1", "=1+1", ("navn", "This looks like a formula. Write the value itself.")),
        ("vuggestue", "skole", ("type", ONE_OF)),
        ("kommunal", "statslig", ("ejerform", ONE_OF)),
        (";0;2;", ";8;8;", ("alder fra", "This may be at most {le}.")),
        (";0;2;", ";x;2;", ("alder fra", "This must be a whole number.")),
        (";0;2;", ";3;2;", (None, "The oldest children must not be younger than the youngest.")),
        ("0390", "9999", ("kommunekode", "There is no municipality with this code.")),
        ("10150817", "10150818", ("cvr", "This is no CVR number: the check digit does not fit.")),
        ("4760", "47600", ("postnr", "A postal code has four digits.")),
        ("4760", "DK-4760", ("postnr", "A postal code has four digits.")),
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


def test_a_cell_is_told_of_once_and_none_hides_another() -> None:
    (row,) = judged(csv("100000000;;skole;kommunal;0;2,5;0390;1015081;;47600;", headings=HEADINGS))
    assert sorted(str(column) for column, _ in errors(row)) == [
        "adresse",
        "alder til",
        "by",
        "cvr",
        "navn",
        "p-nummer",
        "postnr",
        "type",
    ]


def test_a_number_that_stands_twice_is_wrong_in_both_rows() -> None:
    rows = judged(csv(LINE, LINE.replace("0000000001", "00 0000 0001")))
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
