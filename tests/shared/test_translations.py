import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.messages.pofile import read_po

import shared
from shared.errors import LocalDay, LocalMoment, Size, Text
from shared.formats import format_date, format_moment, format_number, format_size, format_time
from shared.identity import Language, Role
from shared.mail.sentences import as_json, from_json
from shared.translations import SHARED_LOCALE, Catalogue
from shared.web.extraction import missing_translations

KERNEL = Path(shared.__file__).resolve().parent
DEADLINE = datetime(2026, 11, 3, 22, 59, 59, tzinfo=UTC)
HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'


def catalogue_file(folder: Path, entries: str) -> Path:
    file = folder / "da" / "LC_MESSAGES" / "test.po"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(HEADER + entries, encoding="utf-8")
    return file


def test_every_sentence_of_the_kernel_has_its_danish() -> None:
    assert missing_translations(KERNEL, SHARED_LOCALE / "da" / "LC_MESSAGES" / "shared.po") == []


def test_what_is_missing_is_named_with_its_place(tmp_path: Path) -> None:
    package = tmp_path / "package"
    (package / "slice" / "templates").mkdir(parents=True)
    (package / "rules.py").write_text(
        'Text("Known")\nText("Unknown")\n_t("Empty")\nText("{a} of {b}", {})\n_t("Guessed")\nText("Two " "halves")\n'
    )
    (package / "slice" / "templates" / "page.html").write_text('{{ _("On a page") }}{% trans %}Known{% endtrans %}')
    po = catalogue_file(
        tmp_path,
        'msgid "Known"\nmsgstr "Kendt"\n\nmsgid "Empty"\nmsgstr ""\n\n'
        'msgid "{a} of {b}"\nmsgstr "{a} af {c}"\n\n#, fuzzy\nmsgid "Guessed"\nmsgstr "Gættet"\n',
    )
    assert sorted(missing_translations(package, po)) == [
        "rules.py:2: not in the catalogue: Unknown",
        "rules.py:3: no Danish: Empty",
        "rules.py:4: other placeholders: {a} of {b}",
        "rules.py:5: the Danish is a guess: Guessed",
        "rules.py:6: not in the catalogue: Two halves",
        "slice/templates/page.html:1: not in the catalogue: On a page",
    ]


def test_catalogues_are_merged(tmp_path: Path) -> None:
    catalogue_file(tmp_path, 'msgid "{n} daycares"\nmsgstr "{n} dagtilbud"\n')
    catalogue = Catalogue.read([tmp_path])
    assert catalogue.in_every_language(Text("{n} daycares", {"n": 3})) == {"da": "3 dagtilbud", "en": "3 daycares"}
    assert catalogue.translate(Text("Sign in"), "da") == "Log ind"


def test_a_folder_without_a_catalogue_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no catalogue"):
        Catalogue.read([tmp_path])


def test_a_catalogue_that_is_not_well_formed_is_an_error(tmp_path: Path) -> None:
    catalogue_file(tmp_path, 'msgid "a"\nmsgstr "b"\nbroken\n')
    with pytest.raises(ValueError, match=r"test\.po:7: "):
        Catalogue.read([tmp_path])


@pytest.mark.parametrize(
    ("value", "danish", "english"),
    [
        (Text("Caseworker"), "Sagsbehandler", "Caseworker"),
        (Role.OPERATOR, "operator", "operator"),
        (date(2026, 11, 3), "3. november 2026", "3 November 2026"),
        (DEADLINE, "3. november 2026 kl. 23.59", "3 November 2026 at 23:59"),
        (Decimal("1234.5"), "1.234,5", "1,234.5"),
        (1000, "1.000", "1,000"),
        (1234.5, "1.234,5", "1,234.5"),
        (True, "True", "True"),
        (["a", "b", "c"], "a, b og c", "a, b and c"),
        ([Text("Operator")], "Driftsansvarlig", "Operator"),
        ("{other}", "{other}", "{other}"),
        (None, "None", "None"),
    ],
)
def test_values_are_shown_in_the_language(value: object, danish: str, english: str) -> None:
    shown = Catalogue.read().in_every_language(Text("{value}", {"value": value}))
    assert shown == {"da": danish, "en": english}


@pytest.mark.parametrize("message", ["{missing}", "{0}", "{value.__class__}", "{value[0]}"])
def test_a_placeholder_without_a_value_stays_as_it_is(message: str) -> None:
    assert Catalogue.read().translate(Text(message, {"value": "x"}), "en") == message


def test_the_empty_sentence_is_not_the_catalogue_header() -> None:
    assert Catalogue.read().translate(Text(""), "da") == ""


@pytest.mark.parametrize(("language", "time"), [("da", "23.59"), ("en", "23:59")])
def test_times_are_local(language: Language, time: str) -> None:
    assert format_time(DEADLINE, language) == time


def test_a_moment_belongs_to_its_local_day() -> None:
    assert format_date(datetime(2026, 11, 3, 23, 30, tzinfo=UTC), "da") == "4. november 2026"
    nuuk = ZoneInfo("America/Nuuk")
    assert format_moment(DEADLINE, "da", nuuk) == "3. november 2026 kl. 20.59 (tid i Nuuk)"
    assert format_moment(DEADLINE, "en", nuuk) == "3 November 2026 at 20:59 (Nuuk time)"


def test_a_sentence_says_a_moment_by_the_clock_of_its_place_and_a_size_as_people_do() -> None:
    said = Text("{at}: {size}", {"at": LocalMoment(DEADLINE, "America/Nuuk"), "size": Size(10 * 1024 * 1024 + 1)})
    local = {"at": said.parameters["at"], "until": LocalDay(date(2026, 11, 3), "America/Nuuk")}
    assert from_json(as_json(Text("{at} {until}", local))).parameters == local
    assert Catalogue.read().translate(Text("{until}", local), "en") == "3 November 2026 (Nuuk time)"
    assert Catalogue.read().translate(said, "da") == "3. november 2026 kl. 20.59 (tid i Nuuk): 10 MB"


@pytest.mark.parametrize(
    ("size", "shown"), [(0, "0 kB"), (1023, "0 kB"), (1024, "1 kB"), (1_048_575, "1.023 kB"), (1_048_576, "1 MB")]
)
def test_sizes_are_rounded_down(size: int, shown: str) -> None:
    assert format_size(size, "da") == shown


def test_a_moment_without_a_zone_is_an_error() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        format_moment(datetime(2026, 11, 3), "da")  # noqa: DTZ001


def test_numbers_have_the_separators_of_the_language() -> None:
    assert (format_number(23_000_000, "da"), format_number(0.16, "en")) == ("23.000.000", "0.16")


def test_a_sentence_that_names_a_button_names_one_that_there_is() -> None:
    """To be told "Press Save" is of no help where no button is called that, in either language."""
    quoted = {}
    for file in KERNEL.parents[2].glob("**/src/**/locale/da/LC_MESSAGES/*.po"):
        with file.open("rb") as source:
            sentences = {str(each.id): str(each.string) for each in read_po(source, locale="da") if each.id}
        for message, danish in sentences.items():
            for name in re.findall(r"\bPress ([A-Z][a-z ]+?)(?=[,.]| and )", message):
                quoted[name] = sentences[name] in danish
            for name in re.findall(r"\b[Tt]ryk på ([A-ZÆØÅ][a-zæøå ]+?)(?=[,.]| og )", danish):
                quoted[name] = name in sentences.values()
    assert quoted
    assert [name for name, is_there in quoted.items() if not is_there] == []
