"""What files carry: macros, programs and what they would fetch, whatever their parts are called."""

import zipfile
from collections.abc import Mapping
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pdf_cases import PDF, packed_pdf, pdf_with, protected_pdf
from properties import patient

from intake.attachments.inspection import kind_of_sent
from intake.attachments.model import ENDINGS, FileKind
from intake.attachments.naming import LONGEST_NAME, WrongEnding, bare_name, name_for, safe_name
from intake.attachments.packages import NotAllowed
from intake.attachments.sniffing import kind_of

COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(50)
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
WORDS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
XLINK = 'xmlns:xlink="http://www.w3.org/1999/xlink"'
ODF = "urn:oasis:names:tc:opendocument:xmlns"


def package(parts: Mapping[str, bytes | str], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    written = BytesIO()
    with zipfile.ZipFile(written, "w", compression) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return written.getvalue()


def types(**of_parts: str) -> str:
    overrides = "".join(
        f'<Override PartName="/{name.replace("__", ".").replace("_", "/")}" ContentType="{kind}"/>'
        for name, kind in of_parts.items()
    )
    default = '<Default Extension="xml" ContentType="application/xml"/>'
    return f'<Types xmlns="{PACKAGE}/content-types">{default}{overrides}</Types>'


def relation(kind: str, target: str, mode: str = "Internal") -> str:
    said = f'<Relationship Id="r1" Type="{OFFICE}/{kind}" Target="{target}" TargetMode="{mode}"/>'
    return f'<Relationships xmlns="{PACKAGE}/relationships">{said}</Relationships>'


def words(inner: str = "") -> str:
    return f'<w:document xmlns:w="{WORDS}"><w:body>{inner}</w:body></w:document>'


MAIN = f"{FileKind.WORD}.main+xml"


def word(
    *, main: str = MAIN, inner: str = "", more: Mapping[str, str] = {}, **parts: bytes | str
) -> dict[str, bytes | str]:
    named = {name.replace("__", ".").replace("_", "/"): content for name, content in parts.items()}
    return {
        "[Content_Types].xml": types(word_document__xml=main, **more),
        "_rels/.rels": relation("officeDocument", "word/document.xml"),
        "word/document.xml": words(inner),
        **named,
    }


def related(kind: str, target: str, mode: str = "Internal") -> dict[str, bytes | str]:
    return {**word(), "word/_rels/document.xml.rels": relation(kind, target, mode)}


def open_text(inner: str = "", **parts: bytes | str) -> dict[str, bytes | str]:
    named = {name.replace("__", ".").replace("_", "/"): content for name, content in parts.items()}
    content = (
        f'<office:document-content xmlns:office="{ODF}:office:1.0" xmlns:text="{ODF}:text:1.0"'
        f' xmlns:draw="{ODF}:drawing:1.0" xmlns:script="{ODF}:script:1.0" {XLINK}>{inner}</office:document-content>'
    )
    return {"mimetype": FileKind.OPEN_TEXT, "content.xml": content, **named}


def manifest(path: str, kind: str) -> str:
    return (
        f'<m:manifest xmlns:m="{ODF}:manifest:1.0"><m:file-entry m:full-path="/" m:media-type="{FileKind.OPEN_TEXT}"/>'
        f'<m:file-entry m:full-path="{path}" m:media-type="{kind}"/></m:manifest>'
    )


WORKBOOK = {
    "[Content_Types].xml": types(xl_workbook__xml=f"{FileKind.EXCEL}.main+xml"),
    "_rels/.rels": relation("officeDocument", "xl/workbook.xml"),
    "xl/workbook.xml": "<workbook/>",
}
PROJECT = "application/vnd.ms-office.vbaProject"

HARMFUL = {
    "macros under another name, by type": (word(more={"word_photo__bin": PROJECT}, word_photo__bin="x"), "macros"),
    "macros under another name, by relation": (
        {**related("vbaProject", "photo.bin"), "word/photo.bin": "x"},
        "macros",
    ),
    "macros under another name, by content": (word(word_media_image1__png=COMPOUND), "embedded"),
    "a document with macros in the ending of one without": (
        word(main="application/vnd.ms-word.document.macroEnabled.main+xml"),
        "macros",
    ),
    "a template with macros": (word(main="application/vnd.ms-word.template.macroEnabledTemplate.main+xml"), "macros"),
    "macros of old workbooks": (word(more={"xl_m__xml": "application/vnd.ms-excel.macrosheet+xml"}), "macros"),
    "a control": (word(more={"word_a__xml": "application/vnd.ms-office.activeX+xml"}), "macros"),
    "a control, by relation": (related("control", "activeX/a.xml"), "macros"),
    "a program as a picture": (word(word_media_image1__png=b"MZ\x90\x00"), "embedded"),
    "a program of Linux": (word(word_media_image1__png=b"\x7fELF..."), "embedded"),
    "an object of another program": (related("oleObject", "embeddings/a.bin"), "embedded"),
    "a page in a document": (related("aFChunk", "a.html"), "embedded"),
    "another file as a part": (word(word_embeddings_a__docx=package({"evil.exe": "x"})), "kind"),
    "macros in a part": (word(word_a__docx=package(word(more={"word_a__bin": PROJECT}))), "macros"),
    "a template from elsewhere": (related("attachedTemplate", "https://example.org/a.dotm", "External"), "remote"),
    "a template on another machine": (
        related("attachedTemplate", r"file:///\\example.org\a.dotm", "External"),
        "remote",
    ),
    "a picture from elsewhere": (related("image", "http://example.org/a.png", "External"), "remote"),
    "a picture that says it is a part": (related("image", "http://example.org/a.png"), "remote"),
    "a frame": (related("frame", "a.html", "external"), "remote"),
    "another document": (related("subDocument", "file:///a.docx", "External"), "remote"),
    "a link between workbooks": (word(more={"xl_e__xml": f"{FileKind.EXCEL}.externalLink+xml"}), "remote"),
    "a command in a field": (word(inner='<w:fldSimple w:instr="DDEAUTO cmd /k"/>'), "remote"),
    "a command in pieces": (
        word(inner="<w:instrText>DD</w:instrText><w:instrText>E cmd</w:instrText>"),
        "remote",
    ),
    "a picture that a field fetches": (
        word(inner='<w:instrText>INCLUDEPICTURE "http://example.org/a.png"</w:instrText>'),
        "remote",
    ),
    "a document type": (word() | {"word/document.xml": "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}, "broken"),
    "no XML": (word() | {"[Content_Types].xml": "<Types>"}, "broken"),
    "a presentation": (
        word(main="application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"),
        "kind",
    ),
    "scripts of a text": (open_text("<office:scripts><office:script/></office:scripts>"), "macros"),
    "a text that listens": (open_text('<script:event-listener script:language="ooo:script"/>'), "macros"),
    "a script as an address": (open_text('<draw:image xlink:href="vnd.sun.star.script:a"/>'), "macros"),
    "an object in a text": (open_text('<draw:object-ole xlink:href="./a"/>'), "embedded"),
    "a picture that a text fetches": (open_text('<draw:image xlink:href="https://example.org/a.png"/>'), "remote"),
    "a section of another text": (open_text(r'<text:section-source xlink:href="\\example.org\a.odt"/>'), "remote"),
    "a command of a text": (open_text("<text:dde-connection-decl/>"), "remote"),
    "a program in a text": (open_text(Pictures_a__png=b"MZ\x90"), "embedded"),
}
HARMFUL["scripts under another name"] = (
    open_text() | {"META-INF/manifest.xml": manifest("code.xml", "application/vnd.sun.star.basic-library")},
    "macros",
)
HARMFUL["a text with a password"] = (
    open_text() | {"META-INF/manifest.xml": f'<m:encryption-data xmlns:m="{ODF}:manifest:1.0"/>'},
    "broken",
)

LISTENING = str(open_text('<script:event-listener script:language="ooo:script"/>')["content.xml"])
FETCHING = str(open_text('<draw:image xlink:href="https://example.org/a.png"/>')["content.xml"])
for how, written in {
    "far down": "\n" * 200 + "{}",
    "after a declaration": '<?xml version="1.0"?>' + "\n" * 200 + "{}",
}.items():
    HARMFUL[f"a text that listens, {how}"] = (open_text() | {"content.xml": written.format(LISTENING)}, "macros")
    HARMFUL[f"a text that fetches, {how}"] = (open_text() | {"content.xml": written.format(FETCHING)}, "remote")
for how, encoded in {
    "from the large end": FETCHING.encode("utf-16-be"),
    "from the small end": ("\ufeff\n" + FETCHING).encode("utf-16-le"),
}.items():
    HARMFUL[f"a text in sixteen bits, {how}"] = (open_text() | {"content.xml": encoded}, "remote")
for place in ("styles.xml", "settings.xml", "meta.xml", "Object 1/content.xml"):
    HARMFUL[f"no XML in {place}"] = (open_text() | {place: "\0\0"}, "broken")
HARMFUL["what the list of parts calls XML"] = (
    open_text() | {"META-INF/manifest.xml": manifest("a", "text/xml"), "a": "\x01" + FETCHING},
    "broken",
)


def field(*runs: str) -> str:
    """A field of which the instruction stands in several runs."""
    inner = "".join(each if each.startswith("<") else f"<w:instrText>{each}</w:instrText>" for each in runs)
    return f'<w:fldChar w:fldCharType="begin"/>{inner}<w:fldChar w:fldCharType="end"/>'


def workbook(formula: str = "", **more: str) -> dict[str, bytes | str]:
    sheet = f"<worksheet xmlns='x'><sheetData><row><c><f>{formula}</f></c></row></sheetData></worksheet>"
    kinds = {"xl_workbook__xml": f"{FileKind.EXCEL}.main+xml", "xl_a__xml": f"{SHEETS}.worksheet+xml", **more}
    return {**WORKBOOK, "[Content_Types].xml": types(**kinds), "xl/a.xml": sheet}


SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
for instruction in (
    r'INCLUDEPICTURE \d "http://example.org/a.png"',
    r'INCLUDEPICTURE "file:\\\\evil\\x.png"',
    r'includetext "a.docx"',
    r'LINK Excel.Sheet.12 "\\evil\s\x.xlsx"',
    r'DATABASE \d "a"',
    'RD "http://example.org"',
    'IMPORT "http://example.org"',
):
    HARMFUL[instruction] = (word(inner=field(" ", instruction[:4], instruction[4:])), "remote")
HARMFUL["a field in the field that fetches"] = (
    word(inner=field("PAGE ") + field("INCLUDEPICTURE ", field('QUOTE "http://example.org"'))),
    "remote",
)
HARMFUL["a field whose name another one makes"] = (
    word(inner=field(field("QUOTE x", '<w:fldChar w:fldCharType="separate"/><w:t>IMPORT</w:t>'), ' "a"')),
    "remote",
)
HARMFUL["a field in a part of which nobody says what it is"] = (
    {"[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>', "word/document.xml": words(field("RD x"))},
    "remote",
)
HARMFUL["a picture of an old drawing"] = (
    word(inner='<v:imagedata xmlns:v="urn:schemas-microsoft-com:vml" src="http://example.org/a.png"/>'),
    "remote",
)
for formula in (
    '_xlfn.WEBSERVICE("http://example.org")',
    '1+_xlfn.&#87;EBSERVICE ("http://example.org")',
    '_xlfn.WEB<!-- -->SERVICE("http://example.org")',
    '_xlfn.IMAGE("http://example.org/a.png")',
    'DDE("soffice","a","b")',
    "cmd|'/c calc'!A1",
    r"'\\evil\[a.xlsx]b'!A1",
):
    HARMFUL[formula] = (workbook(formula), "remote")
HARMFUL["a connection of a workbook"] = (workbook(xl_c__xml=f"{SHEETS}.connections+xml"), "remote")
HARMFUL["a question of a workbook"] = (workbook(xl_c__xml=f"{SHEETS}.queryTable+xml"), "remote")
HARMFUL["a connection, by relation"] = (
    {**workbook(), "xl/_rels/workbook.xml.rels": relation("connections", "c.xml")},
    "remote",
)
HARMFUL["a tag without end"] = (
    word(inner="<w:p " + " ".join(f'a{n}="&gt;>"' for n in range(100_000)) + "/>"),
    "unread",
)


@pytest.mark.parametrize(("parts", "why"), HARMFUL.values(), ids=HARMFUL)
def test_what_would_do_harm_when_it_is_opened_is_refused(parts: Mapping[str, bytes | str], why: str) -> None:
    with pytest.raises(NotAllowed) as refused:
        kind_of(package(parts))
    assert refused.value.why == why


HARMLESS = {
    "a document": (word(), FileKind.WORD),
    "a document whose main part has a name of its own": (
        {
            "[Content_Types].xml": types(a_b__xml=MAIN),
            "_rels/.rels": relation("officeDocument", "/a/b.xml"),
            "a/b.xml": words(),
        },
        FileKind.WORD,
    ),
    "a workbook": (WORKBOOK, FileKind.EXCEL),
    "links for whoever clicks": (related("hyperlink", "https://example.org", "External"), FileKind.WORD),
    "a template on the writer's own disk": (
        related("attachedTemplate", r"file:///C:\Users\a\Normal.dotm", "External"),
        FileKind.WORD,
    ),
    "a chart with its numbers": (word(word_embeddings_a__xlsx=package(WORKBOOK)), FileKind.WORD),
    "fields that fetch nothing": (word(inner="<w:instrText> PAGE DDEN</w:instrText>"), FileKind.WORD),
    "fields of an ordinary letter": (
        word(
            inner=field(" PAGE ")
            + field(r' TOC \o "1-3" \h ', field(r'HYPERLINK "https://example.org/link/import"'))
            + field(r' DATE \@ "d. MMMM yyyy" ', '<w:fldChar w:fldCharType="separate"/><w:t>LINK</w:t>')
            + "<w:t>RD IMPORT</w:t>"
        ),
        FileKind.WORD,
    ),
    "formulas that fetch nothing": (
        workbook("SUM(Table[a|b])+HYPERLINK(&quot;https://example.org&quot;,&quot;IMAGE(1)&quot;)+'b|c'!A1"),
        FileKind.EXCEL,
    ),
    "a text with a part of nothing": (
        open_text() | {"Configurations2/accelerator/current.xml": "", "layout-cache": b"\1\2"},
        FileKind.OPEN_TEXT,
    ),
    "a text": (open_text('<text:a xlink:href="https://example.org"/>'), FileKind.OPEN_TEXT),
    "a text with a picture": (
        open_text('<office:scripts/><draw:image xlink:href="Pictures/a.png"/>'),
        FileKind.OPEN_TEXT,
    ),
}


@pytest.mark.parametrize(("parts", "kind"), HARMLESS.values(), ids=HARMLESS)
def test_what_people_write_is_taken(parts: Mapping[str, bytes | str], kind: FileKind) -> None:
    assert kind_of(package(parts)) is kind


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_package_that_is_packed_in_an_unusual_way_is_refused(compression: int) -> None:
    with pytest.raises(NotAllowed, match="broken"):
        kind_of(package(word(), compression))


def test_of_two_parts_with_one_name_none_is_believed() -> None:
    with pytest.raises(NotAllowed, match="broken"):
        kind_of(package({**word(), "WORD/document.xml": words()}))


def test_what_is_two_things_at_once_is_none() -> None:
    with pytest.raises(NotAllowed, match="kind"):
        kind_of(PDF + package({"a.html": "x"}))


@pytest.mark.parametrize(("parts", "kind"), HARMLESS.values(), ids=HARMLESS)
async def test_another_process_sees_the_same(parts: Mapping[str, bytes | str], kind: FileKind) -> None:
    assert await kind_of_sent(package(parts), "ingrid") is kind


@pytest.mark.parametrize(
    "entries",
    [
        "/OpenAction <</S /GoTo /D [1 0 R /Fit]>> /Names <</JavaScript <</Names []>>>>",
        "/Annots [<</Subtype /Link /A <</S /URI /URI (https://www.borger.dk)>>>>]",
        "/Itself 1 0 R /Missing 99 0 R",
    ],
)
def test_a_pdf_may_lead_somewhere_else(entries: str) -> None:
    assert (kind_of(pdf_with(entries)), kind_of(packed_pdf(entries))) == (FileKind.PDF, FileKind.PDF)


@pytest.mark.parametrize(
    ("entries", "why"),
    [
        ("/OpenAction <</S /JavaScript /JS (app.alert(1))>>", "scripts"),
        ("/OpenAction <</S /J#61vaScript>>", "scripts"),
        ("/AA <</WC <</S /Launch /F (a.exe)>>>>", "scripts"),
        ("/A <</S /GoTo /Next [<</S /ImportData /F (a.fdf)>>]>>", "scripts"),
        ("/OpenAction <</S 5 0 R>> >> endobj 5 0 obj /Launch endobj 6 0 obj <<", "scripts"),
        ("/AcroForm <</XFA []>>", "scripts"),
        ("/Names <</EmbeddedFiles <</Names [(a.exe) <</Type /Filespec /EF <</F 9 0 R>>>>]>>>>", "files"),
        ("/Annots [<</Subtype /FileAttachment>>]", "files"),
        ("/Annots [<</Subtype /RichMedia>>]", "files"),
        ("/Deep " + "[" * 5000, "broken"),
    ],
)
def test_a_pdf_that_does_something_or_carries_files_is_refused(entries: str, why: str) -> None:
    with pytest.raises(NotAllowed, match=why):
        kind_of(pdf_with(entries))


@pytest.mark.parametrize("name", ["JavaScript", "J#61vaScript", "Launch"])
def test_what_stands_in_a_pdf_is_seen_though_nothing_leads_to_it(name: str) -> None:
    hidden = pdf_with(f"/Broken (( >> endobj 7 0 obj <</OpenAction <</S /{name}>>")
    for sent in (hidden, PDF + f"\n7 0 obj <</S/{name}>> endobj".encode()):
        with pytest.raises(NotAllowed, match="scripts"):
            kind_of(sent)


def test_what_a_pdf_has_packed_is_seen() -> None:
    sly = packed_pdf("/S /Launch /F (a.exe)")
    assert b"Launch" not in sly
    with pytest.raises(NotAllowed, match="scripts"):
        kind_of(sly)


@pytest.mark.parametrize("password", ["secret", ""])
def test_a_pdf_that_is_protected_is_refused(password: str) -> None:
    with pytest.raises(NotAllowed, match="protected"):
        kind_of(protected_pdf(password, "of its owner"))


@pytest.mark.parametrize("content", [b"%PDF-1.7", b"%PDF-1.7\nA report", PDF.replace(b"/Root 1", b"/Root 2"), PDF[:40]])
def test_a_pdf_that_cannot_be_followed_is_refused(content: bytes) -> None:
    with pytest.raises(NotAllowed, match="broken"):
        kind_of(content)


@settings(patient, max_examples=300)
@given(st.binary(min_size=1, max_size=30), st.integers(0, len(PDF)))
def test_no_damage_to_a_pdf_is_an_error_of_ours(damage: bytes, place: int) -> None:
    try:
        kind_of(PDF[:place] + damage + PDF[place + len(damage) :])
    except NotAllowed as error:
        why = error.why
        assert why in ("kind", "broken", "scripts", "files", "protected")


DOCUMENT = package(word(word_embeddings_a__xlsx=package(WORKBOOK)))


@settings(patient, max_examples=300)
@given(st.binary(min_size=1, max_size=100), st.integers(0, len(DOCUMENT)))
def test_no_damage_is_an_error_of_ours(damage: bytes, place: int) -> None:
    try:
        kind_of(DOCUMENT[:place] + damage + DOCUMENT[place + len(damage) :])
    except NotAllowed as error:
        why = error.why
        assert why in ("kind", "broken", "bomb", "macros", "embedded", "remote")


# Names


@pytest.mark.parametrize("within", [" ", ".", " .", "\u3000"])
def test_a_name_of_many_spaces_takes_no_longer_than_another(within: str) -> None:
    assert bare_name(f"a{within * 500_000}b.pdf").startswith(f"a{within}")


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("rapport.pdf", "rapport.pdf"),
        ("RAPPORT.PDF", "RAPPORT.PDF"),
        ("rapport", "rapport.pdf"),
        ("rapport.pdf. .", "rapport.pdf"),
        ("rapport.pdf\u00a0", "rapport.pdf"),
        ("Tilsyn den 3. november", "Tilsyn den 3. november.pdf"),
        ("udkast 1.2", "udkast 1.2.pdf"),
        ("", "fil.pdf"),
        (".htaccess", "htaccess.pdf"),
        ("\u3164.pdf", "fil.pdf"),
        ("\u0301\u200b", "fil.pdf"),
        ("con.pdf", "fil-con.pdf"),
        ("LPT1.x.pdf", "fil-LPT1.x.pdf"),
        ("12:30.pdf", "12-30.pdf"),
        ("x.exe/rapport.pdf", "rapport.pdf"),
        ("fdp.exe\u202e.pdf", "fdp.exe.pdf"),
        ("a" * 300, "a" * (LONGEST_NAME - 4) + ".pdf"),
    ],
)
def test_a_name_ends_as_its_file_does(sent: str, kept: str) -> None:
    assert (name_for(sent, FileKind.PDF), safe_name(sent, FileKind.PDF)) == (kept, kept)


@pytest.mark.parametrize(
    ("sent", "ending", "afterwards"),
    [
        ("rapport.hta", "hta", "rapport.hta.pdf"),
        ("rapport.pdf.exe", "exe", "rapport.pdf.exe.pdf"),
        ("rapport.exe. ", "exe", "rapport.exe.pdf"),
        ("rapport.pdf:evil.exe", "exe", "rapport.pdf-evil.exe.pdf"),
        ("tilsyn\u202efdp.exe", "exe", "tilsynfdp.exe.pdf"),
        ("rapport.e\u00adxe", "exe", "rapport.exe.pdf"),
        ("rapport.docm", "docm", "rapport.docm.pdf"),
        ("rapport.docx", "docx", "rapport.docx.pdf"),
        ("rapport.ｐｄｆ", "ｐｄｆ", "rapport.ｐｄｆ.pdf"),
    ],
)
def test_a_name_that_says_otherwise_is_refused(sent: str, ending: str, afterwards: str) -> None:
    with pytest.raises(WrongEnding) as wrong:
        name_for(sent, FileKind.PDF)
    assert wrong.value.ending == ending
    assert safe_name(sent, FileKind.PDF) == afterwards


@patient
@given(st.text(max_size=200), st.sampled_from(FileKind))
def test_whatever_a_name_was_it_ends_as_its_file_does(sent: str, kind: FileKind) -> None:
    name = safe_name(sent, kind)
    assert name.rpartition(".")[2].lower() in ENDINGS[kind]
    assert len(name) <= LONGEST_NAME + len("fil-")
    assert not set(name) & set("/\\:\0\r\n")
