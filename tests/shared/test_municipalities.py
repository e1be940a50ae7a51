"""The municipalities, and where they are."""

import csv
from math import cos, hypot, radians
from pathlib import Path

import pytest

from shared.municipalities import Municipality, municipalities


def kilometres(one: Municipality, other: Municipality) -> float:
    """As the crow flies, near enough within Denmark."""
    north = one.latitude - other.latitude
    east = (one.longitude - other.longitude) * cos(radians((one.latitude + other.latitude) / 2))
    return 111.2 * hypot(north, east)


def test_there_are_98_danish_and_5_greenlandic() -> None:
    codes = list(municipalities())
    assert (len([code for code in codes if code < "0900"]), len([code for code in codes if code > "0900"])) == (98, 5)
    names = [each.name for each in municipalities().values()]
    assert (names[0], names[-2:]) == ("Albertslund", ["Aalborg", "Aarhus"])


def test_each_code_has_the_name_that_a_second_source_gives_it() -> None:
    lines = Path(__file__).with_name("municipality_codes.csv").read_text(encoding="utf-8").splitlines()
    second = csv.DictReader((line for line in lines if not line.startswith("#")), delimiter=";")
    assert {code: each.name for code, each in municipalities().items()} == {row["code"]: row["name"] for row in second}


def test_each_is_where_its_country_is() -> None:
    for each in municipalities().values():
        if each.code < "0900":
            assert (54.5 < each.latitude < 57.8, 8.0 < each.longitude < 15.2) == (True, True), each
        else:
            assert (59.7 < each.latitude < 70, -54 < each.longitude < -45) == (True, True), each


def test_no_two_stand_in_the_same_place() -> None:
    places = [(each.latitude, each.longitude) for each in municipalities().values()]
    assert len({*places}) == len(places)


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ("0101", "0147", 2),  # København, Frederiksberg
        ("0101", "0751", 157),  # København, Aarhus
        ("0101", "0400", 148),  # København, Rønne on Bornholm
        ("0561", "0563", 4),  # Esbjerg and Nordby on Fanø, across the sound
        ("0461", "0390", 107),  # Odense, Vordingborg
        ("0851", "0860", 46),  # Aalborg, Hjørring
        ("0956", "0957", 320),  # Nuuk, Sisimiut
    ],
)
def test_they_are_as_far_from_each_other_as_on_a_map(one: str, other: str, distance: int) -> None:
    known = municipalities()
    assert kilometres(known[one], known[other]) == pytest.approx(distance, abs=3)
