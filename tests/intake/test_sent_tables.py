"""Tables that would end, stop or mislead whoever reads them: the service goes on, and says what is wrong."""

import re
import struct
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import BytesIO

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from intake_cases import daycare
from properties import patient
from service_under_test import Browser, ServiceUnderTest, forms_of

from intake.compound import COMPOUND
from intake.organisations.files import COLUMNS, NotATable, read_table
from intake.organisations.importing import municipalities_in, numbers_in, table_of
from intake.organisations.uploads import read_sent_table

LINE = ("1000000001", "Daycare 1", "vuggestue", "kommunal", "0", "2", "0390", "10150817", "Gade 1", "4760", "Køge")
LAST = (1_048_575, 16_383)
"""XFD1048576."""


def workbook(value: object = None, place: tuple[int, int] = LAST, lines: int = 1) -> bytes:
    """A table whose cell at `place` has a value, or where that is none, nothing but a format."""
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, line in enumerate([COLUMNS, *[LINE] * lines]):
            sheet.write_row(number, 0, line)
        if value is None:
            sheet.write_blank(*place, None, book.add_format({"bold": True}))
        else:
            sheet.write(*place, value)
    return file.getvalue()


TABLE = workbook()


def rewritten(change: Callable[[bytes], bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(TABLE)) as read,
        zipfile.ZipFile(file, "w", compression) as written,
    ):
        for name in read.namelist():
            written.writestr(name, change(read.read(name)))
    return file.getvalue()


def as_they_are(content: bytes) -> bytes:
    return content


def with_headers(local: dict[int, bytes], central: dict[int, bytes]) -> bytes:
    """The table whose parts say otherwise of themselves, at these places of their headers."""
    content = bytearray(TABLE)
    for signature, changes in ((b"PK\x03\x04", local), (b"PK\x01\x02", central)):
        for found in re.finditer(re.escape(signature), bytes(content)):
            for place, new in changes.items():
                content[found.start() + place : found.start() + place + len(new)] = new
    return bytes(content)


def packed_as(method: int) -> bytes:
    return with_headers({8: struct.pack("<H", method)}, {10: struct.pack("<H", method)})


def directory_elsewhere() -> bytes:
    content = bytearray(TABLE)
    end = content.rfind(b"PK\x05\x06")
    content[end + 16 : end + 20] = b"\xff\xff\xff\x7f"
    return bytes(content)


def broken() -> Iterator[tuple[str, bytes, str]]:
    yield "one number in the last cell", workbook(1), "unread"
    yield "one number in the last row", workbook(1, (LAST[0], 0)), "too-large"
    yield "a place that no sheet has", rewritten(lambda part: part.replace(b'r="A1"', b'r="ZZZZ99999999"')), "unread"
    yield "bytes in no encoding", rewritten(lambda part: part.replace(b"Daycare 1", b"D\xff\xfe1")), "format"
    yield "an entity", rewritten(lambda part: part.replace(b"Daycare 1", b"&lol;")), "format"
    yield "no end", TABLE[:-40], "format"
    yield "half", TABLE[:600], "format"
    yield (
        "bits turned over",
        bytes(each ^ 0x55 if n % 97 == 0 and n else each for n, each in enumerate(TABLE)),
        "format",
    )
    for method in (9, 14, 93, 99, 65_535):
        yield f"packed by method {method}", packed_as(method), "format"
    yield "a password", with_headers({6: b"\x01"}, {8: b"\x01"}), "format"
    yield "names in no encoding", with_headers({}, {9: b"\x08", 46: b"\xff"}), "format"
    yield "sizes without end", with_headers({}, {20: b"\xff" * 8}), "too-large"
    yield "parts over each other", with_headers({}, {42: bytes(4)}), "format"
    yield "a directory elsewhere", directory_elsewhere(), "format"
    yield "control characters in CSV", b"a\0b", "format"


BROKEN = list(broken())


@pytest.mark.parametrize(("content", "reason"), [each[1:] for each in BROKEN], ids=[each[0] for each in BROKEN])
async def test_what_cannot_be_read_is_said_to_be(content: bytes, reason: str) -> None:
    with pytest.raises(NotATable) as refused:
        await read_sent_table(content, "sara")
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    "content",
    [
        workbook(lines=20),
        workbook(1, (0, LAST[1]), lines=20),
        rewritten(as_they_are, zipfile.ZIP_BZIP2),
        rewritten(as_they_are, zipfile.ZIP_LZMA),
        rewritten(as_they_are, zipfile.ZIP_STORED),
        rewritten(lambda part: part.replace(b"A1:K2", b"A1:XFD1048576")),
    ],
    ids=["the last cell is bold", "a note in the last column", "bzip2", "lzma", "stored", "a range that is not true"],
)
async def test_an_odd_table_is_read_all_the_same(content: bytes) -> None:
    rows = await read_sent_table(content, "sara")
    assert [row.cells for row in rows] == [dict(zip(COLUMNS, LINE, strict=True))] * len(rows)
    assert len(rows) in (1, 20)


async def test_a_table_is_read_as_it_is_read_in_one_process() -> None:
    lines = [";".join(COLUMNS), *(";".join(line) for line in table_of([daycare(n) for n in range(1, 50)]))]
    content = "\n".join(lines).encode()
    assert await read_sent_table(content, "sara") == read_table(content)


@settings(patient, max_examples=20)  # each starts a process, since some damages end the one that reads
@given(st.binary(min_size=1, max_size=300), st.integers(0, len(TABLE)))
async def test_no_damage_is_an_error_of_ours(damage: bytes, place: int) -> None:
    with suppress(NotATable):
        await read_sent_table(TABLE[:place] + damage + TABLE[place + len(damage) :], "sara")


def test_what_can_be_no_number_is_not_looked_for() -> None:
    rows = read_table(
        rewritten(lambda part: part.replace(b"1000000001", b"10000\x000001").replace(b"0390", b"03\x0090"))
    )
    assert (numbers_in(rows), municipalities_in(rows)) == ([], frozenset())


# On the page


async def sent(service: ServiceUnderTest, content: bytes, language: str = "en") -> tuple[int, str]:
    browser = Browser(service)
    await browser.sign_in("clara")
    token = forms_of((await browser.open("/daycare-table")).text)["/daycare-table"]["_csrf"]
    address = f"/daycare-table?lang={language}"
    page = await browser.http.post(address, data={"_csrf": token}, files={"file": ("x", content)})
    return page.status_code, page.text


async def test_one_number_in_the_last_cell_is_a_line_on_the_page(intake_service: ServiceUnderTest) -> None:
    content = workbook(1)
    assert len(content) < 7_000
    status, page = await sent(intake_service, content, "da")
    assert status == 422
    assert "Filen kunne ikke læses. Den er beskadiget, eller den kræver mere" in page


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Tabellen er tom. Skriv overskrifterne i første række"),
        (b"p-nummer;navn\n", "Disse kolonner mangler: type, ejerform"),
        (COMPOUND, "Filen er gemt i et gammelt format."),
        (COMPOUND + "EncryptedPackage".encode("utf-16-le"), "Filen er beskyttet med adgangskode."),
    ],
    ids=range(4),
)
async def test_why_a_file_is_no_table_and_what_to_do_is_said(
    intake_service: ServiceUnderTest, content: bytes, said: str
) -> None:
    status, page = await sent(intake_service, content, "da")
    assert (status, said in page) == (422, True)


@pytest.mark.parametrize("nul", [b"\x00", b"_x0000_"])
@pytest.mark.parametrize("cell", [b"1000000001", b"Daycare 1", b"0390", b"10150817", b"Gade 1"])
async def test_a_character_without_a_meaning_is_wrong_in_its_row(
    intake_service: ServiceUnderTest, cell: bytes, nul: bytes
) -> None:
    status, page = await sent(intake_service, rewritten(lambda part: part.replace(cell, cell[:3] + nul + cell[4:])))
    assert (status, "1 row is wrong" in page) == (422, True)
    assert await intake_service.rows("daycare") == 0
