"""Names that reviewers are not to read: taken out however they are written, and nothing else is."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from intake_cases import NOON, case, daycare, programme
from properties import patient

from intake.applications.decisions import submit
from intake.applications.model import Contact, Selection
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


def test_an_application_is_read_without_any_name() -> None:
    one, other = daycare(1), replace(daycare(2), name="Vordingborg Vuggestue")
    contact = Contact("Bente Krogh", "bente@vordingborg.dk")
    wanted = replace(
        case(one, other),
        motivation="Bente, Daycare 1s leder i Vordingborg, og Vordingborg Vuggestue.",
        contact=contact,
        selection=(Selection(one.id, 40, None, "Daycare 1 fik påbud."), Selection(other.id, 30)),
    )
    application = submit(wanted, programme(), None, NOON).state
    read = without_names(application, ["Vordingborg"], ("Anna Holm",), ALIASES)
    assert read.municipality is None
    assert [each.name for each in read.daycares] == ["Dagtilbud A", "Dagtilbud B"]
    assert read.motivation == "ansøgeren, Dagtilbud A's leder i kommunen, og Dagtilbud B."
    assert [each.selection and each.selection.inspections for each in read.daycares] == ["Dagtilbud A fik påbud.", None]
    assert whole(application, "Vordingborg").motivation == wanted.motivation


@pytest.mark.parametrize(("place", "letter"), [(0, "A"), (25, "Z"), (26, "AA"), (27, "AB"), (51, "AZ"), (52, "BA")])
def test_daycares_are_lettered_as_far_as_they_go(place: int, letter: str) -> None:
    assert _letter(place) == letter


def test_a_reference_is_short_and_of_the_chance_part_of_an_id() -> None:
    assert reference(case().id) == "000064"
