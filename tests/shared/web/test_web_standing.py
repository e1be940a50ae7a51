"""How the fields of a form that comes back stand: what its sender changed, and what others did meanwhile."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Text
from shared.web.standing import (
    NOW,
    NOW_EMPTY,
    TAKEN_OVER,
    Values,
    marks,
    merged,
    note_on,
    note_on_box,
    words_of,
    written_anew,
)

PLACES = {"town": "Odense"}


def now(value: str) -> Text:
    return Text(NOW.message, {"value": value})


@pytest.mark.parametrize(
    ("typed", "stored", "shown", "note"),
    [
        ("Odense", "Odense", "Odense", None),
        ("Odense", "Sisimiut", "Sisimiut", TAKEN_OVER),
        ("Odense", "", "", TAKEN_OVER),
        ("Nuuk", "Odense", "Nuuk", now("Odense")),
        ("Nuuk", "Sisimiut", "Nuuk", now("Sisimiut")),
        ("Nuuk", "Nuuk", "Nuuk", None),
        ("Nuuk", "", "Nuuk", NOW_EMPTY),
        ("", "Sisimiut", "", now("Sisimiut")),
    ],
)
def test_a_field_shows_what_was_typed_and_beside_it_what_is_stored(
    typed: str, stored: str, shown: str, note: Text | None
) -> None:
    fields = merged({"town": stored}, {"town": typed}, marks(PLACES, "da"), "da")
    assert (fields["town"], note_on(fields, "town")) == (shown, note)


def test_without_marks_nothing_that_was_typed_is_given_up() -> None:
    fields = merged({"town": "Sisimiut"}, {"town": "Odense"}, None, "da")
    assert (fields["town"], note_on(fields, "town")) == ("Odense", now("Sisimiut"))


def test_what_is_stored_under_no_such_name_says_nothing() -> None:
    fields = merged({}, {"reason": "Snow"}, None, "da")
    assert (dict(fields), note_on(fields, "reason"), note_on({"town": "x"}, "town")) == ({"reason": "Snow"}, None, None)


@pytest.mark.parametrize(
    ("typed", "stored", "shown", "note"),
    [
        ("", {"town": "Sisimiut"}, "Sisimiut", TAKEN_OVER),
        ("Nuuk", {"town": "Sisimiut"}, "Nuuk", now("Sisimiut")),
        ("", {}, "", None),
        ("Nuuk", {}, "Nuuk", None),
    ],
)
def test_a_field_that_held_nothing_was_shown_empty(
    typed: str, stored: dict[str, str], shown: str, note: Text | None
) -> None:
    fields = merged(stored, {"town": typed}, marks({}, "da"), "da")
    assert (fields.get("town", ""), note_on(fields, "town")) == (shown, note)


def test_what_was_emptied_meanwhile_is_not_filled_in_again() -> None:
    fields = merged({}, {"town": "Odense"}, marks(PLACES, "da"), "da")
    assert (fields.get("town"), note_on(fields, "town")) == (None, TAKEN_OVER)


@pytest.mark.parametrize(
    ("typed", "stored", "shown", "note", "moved"),
    [
        ("ab", "ab", "ab", None, ""),
        ("ab", "b", "b", None, "a"),
        ("a", "b", "", now("b"), "a"),
        ("abc", "b", "bc", now("b"), "a"),
        ("abc", "abd", "abcd", now("a, b, d"), "d"),
        ("", "", "", None, ""),
        ("", "abc", "c", now("a, b, c"), "c"),
        ("abc", "", "c", NOW_EMPTY, "ab"),
    ],
)
def test_of_a_group_each_box_is_judged_by_itself(
    typed: str, stored: str, shown: str, note: Text | None, moved: str
) -> None:
    fields = merged({"of": set(stored)}, {"of": list(typed)}, marks({"of": ("b", "a")}, "da"), "da")
    assert (words_of(fields["of"], "da"), note_on(fields, "of")) == (tuple(shown), note)
    assert [each for each in "abcd" if note_on_box(fields, "of", each) == TAKEN_OVER] == list(moved)


def test_what_the_page_had_shown_has_nobody_written() -> None:
    typed: Values = {"town": "Odense", "reason": "Snow", "of": ["a", "b"]}
    assert written_anew(typed, marks(PLACES | {"of": ["a"]}, "da")) == {"town": [], "reason": ["Snow"], "of": ["b"]}
    assert written_anew(typed, None) == {"town": ["Odense"], "reason": ["Snow"], "of": ["a", "b"]}


def test_a_choice_is_told_by_its_label() -> None:
    fields = merged({"zone": "America/Nuuk"}, {"zone": "Europe/Copenhagen"}, "", "da")
    assert note_on(fields, "zone", [("America/Nuuk", "Grønland")]) == now("Grønland")


@pytest.mark.parametrize(
    ("stored", "sent"),
    [
        (Decimal("37.5"), "37,5"),
        (20, "20"),
        (None, ""),
        (True, "true"),
        (False, ""),
        ({"b", "a"}, ["a", "b"]),
        (["a"], "a"),
        ("a\nb", "a\r\nb\r\n"),
    ],
)
def test_a_value_is_the_same_as_stored_and_as_a_browser_sends_it(stored: object, sent: object) -> None:
    assert words_of(stored, "da") == words_of(sent, "da")


@given(st.text(), st.text(), st.text())
def test_nobody_undoes_what_they_did_not_touch_and_loses_what_they_did(shown: str, typed: str, stored: str) -> None:
    fields = merged({"a.b=c": stored}, {"a.b=c": typed}, marks({"a.b=c": shown}, "da"), "da")
    same = words_of(typed, "da") == words_of(shown, "da")
    assert fields["a.b=c"] == (stored if same else typed)
