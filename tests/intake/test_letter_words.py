"""What letters say, word for word, and that their PDF says the same and fetches nothing."""

import builtins
import socket
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from jinja2 import UndefinedError
from jinja2.exceptions import SecurityError
from pypdf import PdfReader

from intake.applications.model import Wish
from intake.letters import composing, documents, printing
from intake.letters.composing import compose
from intake.letters.documents import document_of
from intake.letters.model import CriterionSaid, Facts, Language, Letter, LetterKind, LetterStatus, Unmet, Words
from shared.errors import Refused
from shared.isolation.running import Limits, Unread

DANISH = Facts(
    recipient="Anna Åkjær",
    municipality="Vordingborg",
    programme="Længerevarende rådgivningsforløb",
    programme_version=1,
    received_on="2. november 2026",
    decided_on="12. januar 2027",
    daycares=("Mælkevejen", "Solstrålen"),
    reason="Behovet er godt belyst.",
    rules=("Antallet af dagtilbud er 2; programmet tager fra 2 til 5.",),
    criteria=("Dokumenteret behov", "Motivation"),
    is_free=True,
    wish=Wish(motivation="Vi vil gerne.\n{{ 7*7 }}"),
    scores=(CriterionSaid("Dokumenteret behov", "2,5", "3"), CriterionSaid("Motivation", "3", "3")),
    unmet=(
        Unmet(None, ("Fristen var 1. november 2026.",)),
        Unmet("Solstrålen", ("Solstrålen har kun børn fra 3 til 6 år.", "Solstrålen er privat.")),
    ),
)
ENGLISH = replace(
    DANISH,
    programme="Long advisory course",
    received_on="2 November 2026",
    decided_on="12 January 2027",
    reason="The need is well documented.",
    rules=("The number of daycares is 2; the programme takes from 2 to 5.",),
    criteria=("Documented need", "Motivation"),
    scores=(),
    unmet=(Unmet("Solstrålen", ("Solstrålen only has children aged 3 to 6.",)),),
)

GOLDEN: dict[tuple[LetterKind, Language], tuple[str, str]] = {
    (LetterKind.ACCEPTANCE, "da"): (
        "Tilsagn: Længerevarende rådgivningsforløb, Vordingborg",
        """\
Kære Anna Åkjær

Tak for jeres ansøgning om Længerevarende rådgivningsforløb, som vi modtog den 2. november 2026.

Vi er glade for at kunne give jer tilsagn. Afgørelsen blev truffet den 12. januar 2027.

Disse dagtilbud deltager: Mælkevejen, Solstrålen.

Behovet er godt belyst.

Ansøgningen er behandlet efter version 1 af programtypen. Reglerne gav dette resultat:

– Antallet af dagtilbud er 2; programmet tager fra 2 til 5.

Ansøgningen er vurderet ud fra disse kriterier, her med bedømmernes gennemsnit:

– Dokumenteret behov: 2,5 af 3
– Motivation: 3 af 3

Det næste er en samarbejdsaftale, som begge parter skal underskrive. \
Derefter sammensætter vi et konsulenthold og kontakter jer for at aftale et første møde.

Forløbet er gratis for jer.

Venlig hilsen
Praksis""",
    ),
    (LetterKind.DECLINE, "da"): (
        "Afslag: Længerevarende rådgivningsforløb, Vordingborg",
        """\
Kære Anna Åkjær

Tak for jeres ansøgning om Længerevarende rådgivningsforløb, som vi modtog den 2. november 2026.

Vi kan desværre ikke imødekomme den. Afgørelsen blev truffet den 12. januar 2027.

Ansøgningen handlede om: Mælkevejen, Solstrålen.

Vores begrundelse er:

Behovet er godt belyst.

Ansøgningen er behandlet efter version 1 af programtypen. Reglerne gav dette resultat:

– Antallet af dagtilbud er 2; programmet tager fra 2 til 5.

Ansøgningen er vurderet ud fra disse kriterier, her med bedømmernes gennemsnit:

– Dokumenteret behov: 2,5 af 3
– Motivation: 3 af 3

I er velkomne til at kontakte os, hvis I har spørgsmål til afgørelsen, og til at søge igen.

Venlig hilsen
Praksis""",
    ),
    (LetterKind.WAITING, "da"): (
        "Venteliste: Længerevarende rådgivningsforløb, Vordingborg",
        """\
Kære Anna Åkjær

Tak for jeres ansøgning om Længerevarende rådgivningsforløb, som vi modtog den 2. november 2026.

Der er ikke plads endnu, og ansøgningen er derfor kommet på venteliste. Det blev besluttet den 12. januar 2027.

Ansøgningen handler om: Mælkevejen, Solstrålen.

Vores begrundelse er:

Behovet er godt belyst.

Ansøgningen er behandlet efter version 1 af programtypen. Reglerne gav dette resultat:

– Antallet af dagtilbud er 2; programmet tager fra 2 til 5.

Ansøgningen er vurderet ud fra disse kriterier, her med bedømmernes gennemsnit:

– Dokumenteret behov: 2,5 af 3
– Motivation: 3 af 3

I skal ikke gøre noget. Vi skriver til jer, når der er nyt. Ønsker I ikke længere at deltage, kan I trække \
ansøgningen tilbage.

Venlig hilsen
Praksis""",
    ),
    (LetterKind.REFUSAL, "da"): (
        "Afvist efter reglerne: Længerevarende rådgivningsforløb, Vordingborg",
        """\
Kære Anna Åkjær

Tak for jeres ansøgning om Længerevarende rådgivningsforløb, som vi modtog den 2. november 2026.

Ansøgningen opfylder desværre ikke programtypens regler, og vi kan derfor ikke behandle den videre. Den blev afvist \
den 12. januar 2027.

Ansøgningen handlede om: Mælkevejen, Solstrålen.

Den er behandlet efter version 1 af programtypen. Disse regler er ikke opfyldt:

Ansøgningen som helhed:

– Fristen var 1. november 2026.

Solstrålen:

– Solstrålen har kun børn fra 3 til 6 år.
– Solstrålen er privat.

I er velkomne til at søge igen. Kontakt os, hvis I mener, at noget er forkert, eller hvis der er særlige forhold, som \
vi bør kende.

Venlig hilsen
Praksis""",
    ),
    (LetterKind.REFUSAL, "en"): (
        "Refused by the rules: Long advisory course, Vordingborg",
        """\
Dear Anna Åkjær

Thank you for your application for Long advisory course, which we received on 2 November 2026.

We are sorry that it does not meet the rules of the programme, so that we cannot go on with it. It was refused on \
12 January 2027.

The application was about: Mælkevejen, Solstrålen.

It was dealt with by version 1 of the programme. These rules are not met:

Solstrålen:

– Solstrålen only has children aged 3 to 6.

You are welcome to apply again. Please contact us if you think that something is wrong, or if there are special \
circumstances that we should know of.

Yours sincerely
Praksis""",
    ),
    (LetterKind.ACCEPTANCE, "en"): (
        "Accepted: Long advisory course, Vordingborg",
        """\
Dear Anna Åkjær

Thank you for your application for Long advisory course, which we received on 2 November 2026.

We are glad to accept it. The decision was made on 12 January 2027.

These daycares take part: Mælkevejen, Solstrålen.

The need is well documented.

The application was dealt with by version 1 of the programme. Of its rules this is true:

– The number of daycares is 2; the programme takes from 2 to 5.

Applications to the programme are weighed by these criteria:

– Documented need
– Motivation

The next step is an agreement, which both parties sign. \
Then we put together a pair of consultants, and contact you to agree on a first meeting.

The course is free for you.

Yours sincerely
Praksis""",
    ),
    (LetterKind.DECLINE, "en"): (
        "Declined: Long advisory course, Vordingborg",
        """\
Dear Anna Åkjær

Thank you for your application for Long advisory course, which we received on 2 November 2026.

We are sorry that we cannot accept it. The decision was made on 12 January 2027.

The application was about: Mælkevejen, Solstrålen.

Our reason is:

The need is well documented.

The application was dealt with by version 1 of the programme. Of its rules this is true:

– The number of daycares is 2; the programme takes from 2 to 5.

Applications to the programme are weighed by these criteria:

– Documented need
– Motivation

You are welcome to contact us with questions about the decision, and to apply again.

Yours sincerely
Praksis""",
    ),
    (LetterKind.WAITING, "en"): (
        "Waiting list: Long advisory course, Vordingborg",
        """\
Dear Anna Åkjær

Thank you for your application for Long advisory course, which we received on 2 November 2026.

There is no room for it yet, so it is on the waiting list. This was decided on 12 January 2027.

The application is about: Mælkevejen, Solstrålen.

Our reason is:

The need is well documented.

The application was dealt with by version 1 of the programme. Of its rules this is true:

– The number of daycares is 2; the programme takes from 2 to 5.

Applications to the programme are weighed by these criteria:

– Documented need
– Motivation

You need not do anything. We will write to you when there is news. Should you no longer wish to take part, you can \
withdraw the application.

Yours sincerely
Praksis""",
    ),
}


@pytest.mark.parametrize(("kind", "language"), GOLDEN)
def test_a_letter_says_what_is_on_record(kind: LetterKind, language: Language) -> None:
    theme, text = GOLDEN[kind, language]
    assert compose(kind, language, ENGLISH if language == "en" else DANISH) == Words(theme, text)


def test_what_is_not_on_record_is_left_out() -> None:
    bare = replace(DANISH, reason=None, rules=(), criteria=(), scores=(), is_free=False)
    assert compose(LetterKind.ACCEPTANCE, "da", bare).text.splitlines()[6:] == [
        "Disse dagtilbud deltager: Mælkevejen, Solstrålen.",
        "",
        "Det næste er en samarbejdsaftale, som begge parter skal underskrive. "
        "Derefter sammensætter vi et konsulenthold og kontakter jer for at aftale et første møde.",
        "",
        "Venlig hilsen",
        "Praksis",
    ]


@pytest.mark.parametrize(
    "typed",
    [
        "{{ 7*7 }}",
        "{% raw %}",
        "{{ self.__init__.__globals__ }}",
        "<script>alert(1)</script>",
        "x" * 10_000,
        "ᖃᖅᑐᖅ أحمد 👩‍🏫",
    ],
)
@pytest.mark.parametrize("kind", LetterKind)
def test_nothing_that_was_typed_is_carried_out(kind: LetterKind, typed: str) -> None:
    unmet = (Unmet(typed, ("Nej.",)),)
    facts = replace(DANISH, recipient=typed, reason=typed, daycares=(typed,), municipality=typed, unmet=unmet)
    words = compose(kind, "da", facts)
    assert words.theme.endswith(f", {typed}")
    assert words.text.count(typed) == 3  # to whom, about which daycare, and why


def test_the_wording_cannot_reach_beyond_the_facts(monkeypatch: pytest.MonkeyPatch) -> None:
    environment = composing._environment()
    with pytest.raises(SecurityError):
        environment.from_string("{{ reason.__class__.__mro__ }}").render(reason="a")
    with pytest.raises(UndefinedError):
        environment.from_string("{{ unknown }}").render()


def test_the_wording_may_speak_of_what_was_wished_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "waiting.da.txt").write_text("Emne\n\n{{ wish.motivation }}\n", encoding="utf-8")
    monkeypatch.setattr(composing, "WORDING", tmp_path)
    monkeypatch.setattr(composing, "_environment", composing._environment.__wrapped__)
    assert compose(LetterKind.WAITING, "da", DANISH) == Words("Emne", "Vi vil gerne.\n{{ 7*7 }}")


# The PDF

LETTER = Letter(
    id=UUID(int=1),
    application_id=UUID(int=2),
    kind=LetterKind.DECLINE,
    language="da",
    words=compose(LetterKind.DECLINE, "da", DANISH),
    decided_on=date(2026, 11, 3),
    composed_at=datetime(2026, 11, 3, 11, tzinfo=UTC),
)
APPROVED = replace(LETTER, status=LetterStatus.APPROVED, approved_at=datetime(2026, 12, 31, 23, 30, tzinfo=UTC))


def read(pdf: bytes) -> tuple[PdfReader, str]:
    reader = PdfReader(BytesIO(pdf))
    return reader, " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def test_the_pdf_says_what_the_letter_says_and_is_made_for_everybody() -> None:
    reader, text = read(printing.as_pdf(APPROVED))
    assert " ".join(LETTER.words.text.split()) in text
    assert text.startswith(f"Praksis 1. januar 2027 {LETTER.words.theme}")  # the office's day
    assert f"Brev nr. {LETTER.id}" in text
    assert "Udkast" not in text
    catalogue: Any = reader.trailer["/Root"]
    assert (catalogue["/Lang"], catalogue["/MarkInfo"]["/Marked"]) == ("da", True)
    assert reader.metadata is not None
    assert reader.metadata.title == LETTER.words.theme
    assert b"pdfuaid" in catalogue["/Metadata"].get_data()


@pytest.mark.parametrize("text", ["太田 أحمد ᐃᓄᒃ สมชาย अनिता 👩‍🏫", "a " * 10_000], ids=["scripts", "longest"])
async def test_another_process_prints_the_same(text: str) -> None:
    letter = replace(APPROVED, words=Words("Tilsagn", text))
    assert read(await document_of(letter, "clara"))[1] == read(printing.as_pdf(letter))[1]


async def test_a_letter_that_takes_too_much_is_said_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "_LIMITS", Limits(memory=64 * 1024 * 1024))
    with pytest.raises(Refused) as refused:
        await document_of(LETTER, "clara")
    assert refused.value.slug == "letter-not-printed"


async def test_a_fault_that_is_none_of_the_letters_is_not_laid_to_its_length(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "page_of", lambda letter: '<img src="file:///etc/hostname">')  # which is refused
    with pytest.raises(Unread) as unread:
        await document_of(LETTER, "clara")
    assert (unread.value.why, (unread.value.error or "").partition(" ")[0]) == ("crash", "FatalURLFetchingError")


def test_a_draft_says_that_it_is_one() -> None:
    assert "Udkast – ikke godkendt" in read(printing.as_pdf(LETTER))[1]
    assert "Draft – not approved" in read(printing.as_pdf(replace(LETTER, language="en")))[1]


@pytest.mark.parametrize("text", ["a" * 10_000, "ord " * 5_000, "\n\n".join(["linje"] * 500)])
def test_a_long_letter_has_all_of_its_text_on_several_pages(text: str) -> None:
    reader, read_text = read(printing.as_pdf(replace(APPROVED, words=Words("Afslag", text))))
    assert len(reader.pages) > 1
    letters = "".join(text.split())
    assert sum(read_text.count(each) for each in "aol") >= sum(letters.count(each) for each in "aol")


@pytest.mark.parametrize("text", ["أحمد بن علي", "ᖃᖅᑐᖅ", "太田 👩‍🏫", "<b>fed</b> &amp; {{ 7*7 }}"])
def test_every_script_becomes_a_pdf(text: str) -> None:
    assert len(PdfReader(BytesIO(printing.as_pdf(replace(APPROVED, words=Words(text, text))))).pages) == 1


@pytest.mark.parametrize(
    "name",
    [
        *("Åse Þórsdóttir", "Đặng Thị Hoa", "Ђорђе Ћирић", "Қазақстан", "Ελένη", "Արմեն", "მარიამ", "أحمد", "אנה"),
        *("ᐃᓄᒃ", "太田", "김민준", "สมชาย", "अनिता", "தமிழ்", "অনিতা", "አበበ"),
    ],
)
def test_a_name_is_written_in_its_own_script(name: str) -> None:
    assert name in read(printing.as_pdf(replace(APPROVED, words=Words("Tilsagn", name))))[1]


@pytest.mark.parametrize(
    "typed",
    [
        '<img src="http://127.0.0.1:9/a.png">',
        '<img src="file:///etc/passwd">',
        '<link rel="stylesheet" href="http://127.0.0.1:9/a.css"><style>@import "file:///etc/passwd"</style>',
        '<a rel="attachment" href="file:///etc/passwd">a</a>',
        "url(file:///etc/passwd)",
    ],
)
def test_the_pdf_fetches_nothing(monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    printing.as_pdf(LETTER)  # fonts and templates are found

    def nobody(*_: object, **__: object) -> None:
        raise AssertionError("the letter reaches for something")

    opened: list[str] = []
    real = builtins.open

    def noting(file: Any, *arguments: Any, **options: Any) -> Any:
        opened.append(str(file))
        return real(file, *arguments, **options)

    monkeypatch.setattr(socket.socket, "connect", nobody)
    monkeypatch.setattr(socket, "create_connection", nobody)
    monkeypatch.setattr(builtins, "open", noting)
    pdf = printing.as_pdf(replace(LETTER, words=Words(typed, typed)))
    assert "passwd" not in "".join(opened)
    assert b"root:" not in pdf
    assert PdfReader(BytesIO(pdf)).attachments == {}


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/", "file:///etc/passwd", "data:text/css,a{}", "ftp://a/b"])
def test_every_address_is_refused(address: str) -> None:
    from weasyprint import HTML
    from weasyprint.urls import FatalURLFetchingError

    page = f'<html><head><link rel="stylesheet" href="{address}"></head></html>'
    with pytest.raises(FatalURLFetchingError):
        HTML(string=page, url_fetcher=printing._Nothing()).write_pdf()
