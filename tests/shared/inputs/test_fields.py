import re
import unicodedata
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from web_demo import Thing

from shared.inputs import text_patterns
from shared.inputs.fields import EmailAddress, NameOfStranger, Prose, plain_text

LINE: TypeAdapter[str] = TypeAdapter(Annotated[str, plain_text(10)])
EMAIL: TypeAdapter[str] = TypeAdapter(EmailAddress)
PROSE: TypeAdapter[str] = TypeAdapter(Prose)
PEOPLE: TypeAdapter[str] = TypeAdapter(NameOfStranger)


@pytest.mark.parametrize("name", ["Æblehaven", "Ilulissat", "Қазақстан", "東京", "عمر", "Þór", "N'Golo", "👩‍👧"])
def test_names_in_every_script_are_fine(name: str) -> None:
    assert LINE.validate_python(name) == name


def test_text_is_trimmed_and_composed() -> None:
    assert LINE.validate_python("  A\u030arhus\u00a0 ") == "\u00c5rhus"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "string_too_short"),
        ("   ", "string_too_short"),
        ("x" * 11, "string_too_long"),
        ("x" * 1000, "string_too_long"),
        ("a\x00b", "control_characters"),
        ("a\nb", "control_characters"),
        ("a\tb", "control_characters"),
        ("a\x1f", "control_characters"),
        ("a\x7f", "control_characters"),
        ("a\x85b", "control_characters"),
        ("a\ud800b", "string_unicode"),
        (5, "string_type"),
        (None, "string_type"),
        (b"abc", "string_type"),
    ],
)
def test_what_is_refused(text: object, kind: str) -> None:
    with pytest.raises(ValidationError) as invalid:
        LINE.validate_python(text)
    assert [error["type"] for error in invalid.value.errors()] == [kind]


UNSEEN = (
    *("\u00ad", "\u200b", "\u200b\u200c\u200d", "\u2060", "\ufeff", "\u3164", "\uffa0", "\u115f\u1160", "\u2800"),
    *(
        "\u0301",
        "\u0301\u0327",
        "\u034f",
        "\u20dd",
        "\ufe0f",
        "\U000e0101",
        "\U000e0041",
        "\u202e",
        "\u00a0\u200b\u2003",
    ),
    *("\u180e", "\u2028", "\U0001d159", "\u17b4", "\ufff9\ufffb"),
)


@pytest.mark.parametrize("text", UNSEEN, ids=ascii)
@pytest.mark.parametrize("kind", [LINE, PROSE, PEOPLE], ids=["line", "prose", "person"])
def test_what_nobody_sees_is_no_text(kind: TypeAdapter[str], text: str) -> None:
    with pytest.raises(ValidationError) as invalid:
        kind.validate_python(text)
    assert [error["type"] for error in invalid.value.errors()] == ["string_too_short"]
    assert kind.validate_python(f"{text}a")[-1] == "a"


@given(st.text(st.characters(categories=["Mn", "Me", "Cf", "Zs", "Zl", "Zp", "Lo", "Ll"]), max_size=5))
def test_what_is_taken_is_what_the_description_takes(text: str) -> None:
    try:
        taken = bool(LINE.validate_python(text))
    except ValidationError:
        taken = False
    assert taken == bool(re.search(text_patterns.LINE, text))


def test_prose_has_lines() -> None:
    assert PROSE.validate_python("one\r\ntwo\tthree\n") == "one\ntwo\tthree"
    with pytest.raises(ValidationError):
        PROSE.validate_python("one\rtwo")


@given(st.text())
def test_accepted_text_is_always_plain(text: str) -> None:
    try:
        accepted = LINE.validate_python(text)
    except ValidationError:
        return
    assert 1 <= len(accepted) <= 10
    assert not any(unicodedata.category(character) in ("Cc", "Cs") for character in accepted)
    assert LINE.validate_python(accepted) == accepted


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"count": "5"}, "int_type"),
        ({"count": -1}, "greater_than_equal"),
        ({"count": 2**31}, "less_than_equal"),
        ({"count": True}, "int_type"),
        ({"urgent": "yes"}, "bool_type"),
        ({"urgent": 1}, "bool_type"),
        ({"unheard_of": 1}, "extra_forbidden"),
        ({"parent": "x"}, "uuid_parsing"),
    ],
)
def test_nothing_is_guessed(fields: dict[str, object], kind: str) -> None:
    with pytest.raises(ValidationError) as invalid:
        Thing.model_validate({"name": "x", **fields})
    assert [error["type"] for error in invalid.value.errors()] == [kind]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("anna@example.org", "anna@example.org"),
        ("Anna.Holm+praksis@EXAMPLE.ORG", "Anna.Holm+praksis@example.org"),
        ("søren@rødgrød.dk", "søren@rødgrød.dk"),
    ],
)
def test_an_email_address_is_kept_as_it_is_written(written: str, kept: str) -> None:
    assert EMAIL.validate_python(written) == kept


@pytest.mark.parametrize(
    "written",
    [
        "",
        "anna",
        "anna@",
        "@example.org",
        "anna@example",
        "a b@example.org",
        "Anna <anna@example.org>",
        "anna@example.org\nBcc: bo@example.org",
        "anna@example.org, bo@example.org",
        "a" * 250 + "@example.org",
        "=?utf-8?q?anna=40else.example=2Cbo?=@example.org",
        "anna@=?utf-8?q?else=2Eexample?=.org",
        "anna\x00@example.org",
        7,
        None,
    ],
)
def test_what_is_no_email_address_is_refused(written: object) -> None:
    with pytest.raises(ValidationError):
        EMAIL.validate_python(written)


@pytest.mark.parametrize(
    "name", ["ｗｗｗ．example．com", "example。com", "www\u200b.example.dk", "http\uff1a//x", "exa\u00admple.com"]
)
def test_a_name_with_an_address_in_other_letters_is_no_name(name: str) -> None:
    with pytest.raises(ValidationError):
        PEOPLE.validate_python(name)


@pytest.mark.parametrize("name", ["Jens A. Holm", "太田。", "Dr. Ｏlsen", "👩‍👧"])
def test_a_name_may_have_a_full_stop_in_it(name: str) -> None:
    assert PEOPLE.validate_python(name) == name
