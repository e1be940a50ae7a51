"""Names that reviewers are not to read: taken out however they are written, and nothing else is."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from intake_cases import NOON, case, daycare, programme
from properties import patient

from intake.applications.decisions import submit
from intake.applications.model import Selection
from intake.assessments.reading import Aliases, _letter, reference, whole, without_names
from intake.assessments.redaction import Alias, Known, daycare_names, municipality_names, person_names, redacted
from shared.municipalities import municipalities

KOMMUNEN = Alias("kommunen", "kommunens")
A = Alias("Dagtilbud A", "Dagtilbud A's")
ANSOEGEREN = Alias("ansøgeren", "ansøgerens")
ALIASES = Aliases(KOMMUNEN, ANSOEGEREN, lambda letter: Alias(f"Dagtilbud {letter}", f"Dagtilbud {letter}'s"))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Vordingborg har brug for hjælp.", "kommunen har brug for hjælp."),
        ("i VORDINGBORG Kommune", "i kommunen"),
        ("Vordingborgs dagtilbud", "kommunens dagtilbud"),
        ("Vordingborg kommunes dagtilbud", "kommunens dagtilbud"),
        ("Vordingborg\nKommune", "kommunen"),
        ("Vordingborg-modellen", "kommunen-modellen"),
        ("skriv@vordingborg.dk", "skriv@kommunen.dk"),
        ("Nyvordingborg og Vordingborgenserne", "Nyvordingborg og Vordingborgenserne"),
        ("vores kommune", "vores kommune"),
    ],
)
def test_a_municipality_is_not_named(written: str, read: str) -> None:
    assert redacted(written, municipality_names("Vordingborg", KOMMUNEN)) == read


@pytest.mark.parametrize(
    ("name", "written", "read"),
    [
        ("Aarhus", "Århus' børn", "kommunens børn"),
        ("Aarhus", "AARHUS", "kommunen"),
        ("Tårnby", "Taarnbys tal", "kommunens tal"),
        ("Nordfyns", "på Nordfyn", "på kommunen"),
        ("Nordfyns", "Nordfyns Kommune", "kommunen"),
        ("Lyngby-Taarbæk", "Lyngby – Tårbæk Kommunes", "kommunens"),
        ("Bornholm", "Bornholms Regionskommune", "kommunen"),
        ("Sermersooq", "Sermersooq", "kommunen"),
    ],
)
def test_a_municipality_is_known_in_its_spellings(name: str, written: str, read: str) -> None:
    assert redacted(written, municipality_names(name, KOMMUNEN)) == read


@pytest.mark.parametrize(
    ("name", "written", "read"),
    [
        ("Vordingborg", "V\u043erdingb\u043erg", "kommunen"),  # Cyrillic
        ("Vordingborg", "\u0474\u043e\u0433ding\u0432org", "kommunen"),
        ("Aarhus", "\u0410\u0430rhus\u2019 tal", "kommunens tal"),
        ("Odense", "\u039fdense", "kommunen"),  # Greek
        ("Odense", "\u041e\u0501\u0435\u03b7\u0455\u0435", "kommunen"),
        ("Ærø", "\u04d4r\u04e9", "kommunen"),
        ("København", "K\u2205benhavn", "kommunen"),
        ("Hvidovre", "Hv\u0131dovre", "kommunen"),
        ("Odense", "０ｄｅｎｓｅ", "kommunen"),
        ("Odense", "𝐎𝐝𝐞𝐧𝐬𝐞", "kommunen"),
        ("Vordingborg", "V0rd1ngb0rg", "kommunen"),
        ("København", "K0benhavn", "kommunen"),
        ("Assens", "A55en5 Kommune", "kommunen"),
        ("Aalborg", "4lborg", "kommunen"),
        ("Holbæk", "H0lb43k", "kommunen"),
        ("Odense", "1 2026: 0dense", "1 2026: kommunen"),
    ],
)
def test_letters_and_digits_that_look_like_others_hide_no_name(name: str, written: str, read: str) -> None:
    assert redacted(written, municipality_names(name, KOMMUNEN)) == read


@pytest.mark.parametrize("written", ["80 børn, 1153 i alt", "11-53 og 5 1 3", "Лиза и Отто", "Ελλάδα"])
def test_a_number_is_no_name_and_another_script_stays_as_it_is(written: str) -> None:
    known = [Known(name, ANSOEGEREN) for name in ("Bo", "Lise", "Else", "Otto Bo")]
    assert redacted(written, known) == written


@pytest.mark.parametrize(
    "written",
    [
        "Vording\u00adborg",
        "Vording\u2011borg",
        "Vording-borg",
        "Vording-\nborg",
        "Vording\nborg",
        "Vording\u2028borg",
        "Vording_borg",
        "_Vordingborg_",
        "Vording\u200bborg",
        "Vo\u200drdingborg",
        "\ufeffVordingborg",
        "Vordingborg\ufe0f",
        "Vordingborg\u3164",
        "Ｖｏｒｄｉｎｇｂｏｒｇ",
        "𝐕𝐨𝐫𝐝𝐢𝐧𝐠𝐛𝐨𝐫𝐠",
        "Vórdingbórg",
        "v\u0335ordingborg",
    ],
    ids=ascii,
)
@pytest.mark.parametrize(
    ("before", "after"), [("", ""), ("(", ")"), ("2026_", "_2026"), ("www.", ".dk"), ("\u00a0", "\u00a0")]
)
def test_a_municipality_is_not_named_by_signs_that_nobody_sees(written: str, before: str, after: str) -> None:
    read = redacted(f"{before}{written}{after}", municipality_names("Vordingborg", KOMMUNEN))
    unseen = "_" if written.startswith("_") else ""
    assert read.replace("\ufeff", "").replace("\ufe0f", "").replace("\u3164", "") == (
        f"{before}{unseen}kommunen{unseen}{after}"
    )


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Lyngby-Taarbæk", "Lyngby\u2011Tårbæk"),
        ("Lyngby-Taarbæk", "lyngby_taarbaek"),
        ("Lyngby-Taarbæk", "Lyngby\u00a0\u2212\u00a0Taarbæk"),
        ("Lyngby-Taarbæk", "LyngbyTaarbæk"),
        ("Ikast-Brande", "Ikast \u2014\nBrande"),
        ("Ikast-Brande", "Ikast/Brande"),
        ("Faaborg-Midtfyn", "Fåborg-\r\nMidtfyn"),
        ("Køge", "koege"),
        ("Ærø", "AEROE"),
        ("Tårnby", "Ta\u030arnby"),
        ("Tårnby", "Ta\u200b\u030arnby"),
        ("Fanø", "Fanö"),
        ("Haderslev", "Haders\u00adlev"),
    ],
    ids=ascii,
)
def test_a_municipality_is_known_however_its_words_are_joined(name: str, written: str) -> None:
    for genitive, alias in (("", "kommunen"), ("s", "kommunens"), ("\u2019s", "kommunens")):
        assert redacted(f"i {written}{genitive}, ja", municipality_names(name, KOMMUNEN)) == f"i {alias}, ja"


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Børnehuset Ofﬁcinet", "Officinet"),
        ("Børnehuset Officinet", "Oﬃcinet"),
        ("Børnehuset Skov\u00adbrynet", "Skovbrynet"),
        ("Børnehuset Skovbrynet", "skov\nbrynet"),
        ("Børnehuset Skovbrynet", "BØRNEHUSET\u2003SKOV\u2010\nBRYNET"),
        ("Daycare 1", "Daycare\u202f1"),
    ],
    ids=ascii,
)
def test_a_daycare_is_known_however_its_letters_are_written(name: str, written: str) -> None:
    assert redacted(f"({written})", daycare_names(name, A)) == "(Dagtilbud A)"


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Daycare 1", "Daycare 12"),
        ("Vordingborg", "Ny\u00advordingborg og Vordingborg\u00adske"),
        ("Vejle", "vej, lem og vejleder"),
        ("Anna", "Kanna, Annasdatter"),
        ("Bo Lind", "b\no, de bo"),
    ],
)
def test_what_is_another_word_stays(name: str, written: str) -> None:
    known = person_names(name, ANSOEGEREN) if name in ("Anna", "Bo Lind") else [Known(name, A)]
    assert redacted(written, known) == written


def test_a_name_in_quotation_marks_is_no_genitive() -> None:
    assert redacted("'Vordingborg'", municipality_names("Vordingborg", KOMMUNEN)) == "'kommunen'"


UNSEEN = st.sampled_from("\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u202e\ufe0f\u0301\u034f\u3164\u2800\U000e0041")
JOINED = st.sampled_from(["-", "\u2010", "\u2011", "\u2012", "\u2013", "\u2212", "_", "\n", "\r\n", "-\n", "\u00ad\n"])


@patient
@given(st.sampled_from([each.name for each in municipalities().values()]), st.data())
def test_no_sign_that_nobody_sees_hides_a_name(name: str, data: st.DataObject) -> None:
    cased = data.draw(st.sampled_from([name, name.upper(), name.lower()]))
    letters = [letter + "".join(data.draw(st.lists(UNSEEN, max_size=2))) for letter in cased]
    written = "".join(letters)
    if len(name) > 4 and "-" not in name:
        place = data.draw(st.integers(1, len(letters) - 1))
        written = "".join(letters[:place]) + data.draw(JOINED) + "".join(letters[place:])
    assert redacted(f"Vi i {written}, ja", municipality_names(name, Alias("k", "k"))) == "Vi i k, ja"


@pytest.mark.parametrize(
    ("name", "written", "read"),
    [
        ("Børnehuset Skovbrynet", "Børnehuset  skovbrynet's leder", "Dagtilbud A's leder"),
        ("Børnehuset Skovbrynet", "I Skovbrynet bor ingen", "I Dagtilbud A bor ingen"),
        ("Børnehuset Skovbrynet", "et børnehus ved et skovbryn", "et børnehus ved et skovbryn"),
        ("Den private vuggestue Æblehaven", "ÆBLEHAVENS have", "Dagtilbud A's have"),
        ("Dagplejen Vest", "Dagplejen Vest ligger mod vest", "Dagtilbud A ligger mod vest"),
        ("Vuggestuen", "Vuggestuen", "Dagtilbud A"),
        ("Ατλας (nord)", "Ατλας (nord)", "Dagtilbud A"),
        ("!!!", "Hvad!!!", "Hvad!!!"),
    ],
)
def test_a_daycare_is_not_named(name: str, written: str, read: str) -> None:
    assert redacted(written, daycare_names(name, A)) == read


@pytest.mark.parametrize(
    ("name", "written", "read"),
    [
        ("Anna Holm", "Hilsen Anna Holm", "Hilsen ansøgeren"),
        ("Anna Holm", "Annas ord, anna holms ord", "ansøgerens ord, ansøgerens ord"),
        ("Bo Lind", "Familier bor her, og Bo ved, hvor de bo", "Familier bor her, og ansøgeren ved, hvor de bo"),
        ("李 明", "李 明 skriver", "ansøgeren skriver"),
        ("local:anna", "local:anna", "ansøgeren"),
    ],
)
def test_a_person_is_not_named(name: str, written: str, read: str) -> None:
    assert redacted(written, person_names(name, ANSOEGEREN)) == read


def test_a_longer_name_goes_before_a_shorter_one_and_nothing_is_replaced_twice() -> None:
    known = [Known("Sol", KOMMUNEN), Known("Sol og Måne", A), Known("Dagtilbud", ANSOEGEREN)]
    assert redacted("Sol og Måne, Sol", known) == "Dagtilbud A, kommunen"


@patient
@given(st.sampled_from([each.name for each in municipalities().values()]), st.text(max_size=30), st.text(max_size=30))
def test_no_municipality_stays_in_a_text(name: str, before: str, after: str) -> None:
    for written in (name, name.upper(), f"{name} Kommune"):
        read = redacted(f"{before} {written} {after}", municipality_names(name, Alias("k", "k")))
        assert f" {name.casefold()} " not in f" {read.casefold()} "


@patient
@given(st.text())
def test_a_text_without_names_stays_as_it_is(text: str) -> None:
    assert redacted(text, []) == text


def test_long_texts_are_read_quickly() -> None:
    known = [*municipality_names("Vordingborg", KOMMUNEN)]
    for number in range(50):
        known.extend(daycare_names(f"Børnehuset Nummer {number}", A))
    text = ("Vordingborg " * 900)[:10_000]
    begun = datetime.now(UTC)
    assert "ordingborg " not in redacted(text, known)
    assert (datetime.now(UTC) - begun).total_seconds() < 2


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a" * 199 + "x", "4" * 150 + "b "),
        ("a" * 199 + "x", "a" * 150 + "b "),
        ("aa" * 99 + "x", "4a" * 99 + "b "),
        ("oe" * 99 + "x", "0" * 150 + "b "),
        ("æ" * 199 + "x", "4" * 300 + "b "),
        ("s" * 199 + "x", "5-" * 150 + "b "),
        ("s " * 99 + "x", "5 - _\n" * 150 + "b "),
        ("s " * 99 + "x", "5  " * 1000 + "b "),
        ("s" * 199 + "x", "5\n\n\n\n" * 500 + "b "),
        ("x" * 199 + "y", "x" + "\n" * 5000),
    ],
)
def test_no_name_and_no_text_makes_reading_endless(name: str, text: str) -> None:
    assert redacted(text * 20, daycare_names(name, A)) == text * 20


def test_an_application_is_read_without_any_name() -> None:
    one, other = daycare(1), replace(daycare(2), name="Vordingborg Vuggestue")
    wanted = case(
        one,
        other,
        motivation="Bente, Daycare 1s leder i Vordingborg, og Vordingborg Vuggestue.",
        contact_name="Bente Krogh",
        contact_email="bente@vordingborg.dk",
        selection=(Selection(one.id, 40, None, "Daycare 1 fik påbud."), Selection(other.id, 30)),
    )
    application = submit(wanted, programme(), None, NOON).state
    read = without_names(application, ["Vordingborg"], ("Anna Holm",), ALIASES)
    assert read.municipality is None
    assert [each.name for each in read.daycares] == ["Dagtilbud A", "Dagtilbud B"]
    assert read.motivation == "ansøgeren, Dagtilbud A's leder i kommunen, og Dagtilbud B."
    assert [each.selection and each.selection.inspections for each in read.daycares] == ["Dagtilbud A fik påbud.", None]
    assert whole(application, "Vordingborg").motivation == wanted.wish.motivation


@pytest.mark.parametrize(("place", "letter"), [(0, "A"), (25, "Z"), (26, "AA"), (27, "AB"), (51, "AZ"), (52, "BA")])
def test_daycares_are_lettered_as_far_as_they_go(place: int, letter: str) -> None:
    assert _letter(place) == letter


def test_a_reference_is_short_and_of_the_chance_part_of_an_id() -> None:
    assert reference(case().id) == "000064"
