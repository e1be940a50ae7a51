"""Turns validation errors into sentences that never repeat what was sent."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from shared.errors import Text
from shared.exact_numbers import plain_number
from shared.identity import Language
from shared.notation import read_day
from shared.translations import Catalogue, _t

_SENTENCES = {
    "missing": _t("This field is required."),
    "extra_forbidden": _t("This field is not known here."),
    "string_type": _t("This must be a text."),
    "string_unicode": _t("This text contains characters that are not valid."),
    "string_too_long": _t("This may be at most {max_length} characters."),
    "string_too_short": _t("This must be at least {min_length} characters."),
    "control_characters": _t("This text contains control characters."),
    "too_long": _t("This may have at most {max_length} entries."),
    "too_short": _t("This must have at least {min_length} entries."),
    "email_address": _t("This must be an e-mail address, as in anna@example.org."),
    "int_type": _t("This must be a whole number."),
    "int_parsing": _t("This must be a whole number."),
    "int_from_float": _t("This must be a whole number."),
    "int_parsing_size": _t("This must be a whole number."),
    "float_type": _t("This must be a number."),
    "float_parsing": _t("This must be a number."),
    "decimal_parsing": _t("This must be a number."),
    "decimal_type": _t("This must be a number."),
    "decimal_max_places": _t("This may have at most {decimal_places} decimals."),
    "finite_number": _t("This must be a finite number."),
    "bool_type": _t("This must be true or false."),
    "bool_parsing": _t("This must be true or false."),
    "greater_than_equal": _t("This must be at least {ge}."),
    "greater_than": _t("This must be more than {gt}."),
    "less_than_equal": _t("This may be at most {le}."),
    "less_than": _t("This must be less than {lt}."),
    "enum": _t("This must be one of: {expected}."),
    "literal_error": _t("This must be one of: {expected}."),
    "date_from_datetime_parsing": _t("This must be a date, as in 2026-11-03."),
    "date_parsing": _t("This must be a date, as in 2026-11-03."),
    "date_type": _t("This must be a date, as in 2026-11-03."),
    "datetime_parsing": _t("This must be a time with a zone, as in 2026-11-03T23:59:59+01:00."),
    "datetime_from_date_parsing": _t("This must be a time with a zone, as in 2026-11-03T23:59:59+01:00."),
    "timezone_aware": _t("This must be a time with a zone, as in 2026-11-03T23:59:59+01:00."),
    "uuid_parsing": _t("This must be a UUID."),
    "uuid_type": _t("This must be a UUID."),
    "list_type": _t("This must be a list."),
    "tuple_type": _t("This must be a list."),
    "set_type": _t("This must be a list."),
    "frozen_set_type": _t("This must be a list."),
    "dict_type": _t("This must be an object."),
    "model_attributes_type": _t("This must be an object."),
    "model_type": _t("This must be an object."),
    "string_pattern_mismatch": _t("This does not have the right form."),
}
_WHOLE = _t("Write a whole number, as in 12.")
_NUMBER = _t("Write a number, as in 12.5.")
_DATE = _t("Write a date, as in 3.11.2026.")
_FOR_PEOPLE = {
    "extra_forbidden": _t("Something was sent that is not asked for here."),
    "bool_type": _t("Choose yes or no."),
    "bool_parsing": _t("Choose yes or no."),
    "enum": _t("Choose one of those that are offered."),
    "literal_error": _t("Choose one of those that are offered."),
    "uuid_parsing": _t("Choose one of those that are offered."),
    "uuid_type": _t("Choose one of those that are offered."),
    "list_type": _t("Choose among those that are offered."),
    "tuple_type": _t("Choose among those that are offered."),
    "set_type": _t("Choose among those that are offered."),
    "frozen_set_type": _t("Choose among those that are offered."),
    "dict_type": _t("This is not valid."),
    "model_attributes_type": _t("This is not valid."),
    "model_type": _t("This is not valid."),
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_parsing_size": _WHOLE,
    "int_from_float": _WHOLE,
    "decimal_type": _NUMBER,
    "decimal_parsing": _NUMBER,
    "date_type": _DATE,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "time_type": _t("Write a time, as in 09.15."),
}
"""Sentences for people that differ from those for programs."""
_BOUNDS = frozenset({"max_length", "min_length", "ge", "gt", "le", "lt", "expected", "decimal_places"})
_LONGEST_NAME = 100


def sentence_of(error: Mapping[str, Any]) -> Text:
    """One validation error as a sentence.

    A validator may raise `ValueError(Text(…))` to give its own sentence; the text of any other `ValueError` could quote
    the value, so it is not shown.
    """
    context = error.get("ctx") or {}
    raised = context.get("error")
    if isinstance(raised, Exception) and raised.args and isinstance(raised.args[0], Text):
        return raised.args[0]
    if error["type"] in ("string_too_short", "too_short") and context.get("min_length") == 1:
        return Text("This must not be empty.")
    sentence = _SENTENCES.get(error["type"], _t("This is not valid."))
    return Text(sentence, {name: _bound(value) for name, value in context.items() if name in _BOUNDS})


def _bound(value: object) -> object:
    return plain_number(value) if isinstance(value, Decimal) else value


def sentence_for_people(error: Mapping[str, Any]) -> Text:
    """One validation error as a sentence beside the field of a form."""
    if (sentence := _FOR_PEOPLE.get(error["type"])) is not None:
        return Text(sentence)
    said = sentence_of(error)
    return Text(said.message, {name: _as_day(value) for name, value in said.parameters.items()})


def told_to_people(errors: Iterable[Mapping[str, Any]]) -> list[Text]:
    """The errors as sentences, each once and without field names, which only programs know."""
    sentences = {each.message: each for each in map(sentence_for_people, without_consequences(list(errors)))}
    return [*sentences.values()]


def _as_day(bound: object) -> object:
    """A bound that is a date, as a `date`, so that it is formatted as one; others as they are."""
    return (read_day(bound) if isinstance(bound, str) else None) or bound


def described_errors(
    errors: Iterable[Mapping[str, Any]], catalogue: Catalogue, language: Language
) -> list[dict[str, str]]:
    """Each error with the part of the request, a JSON pointer into that part, and its sentence."""
    return [
        {
            "in": str(error["loc"][0]) if error["loc"] else "body",
            "pointer": _pointer(error["loc"][1:]),
            "message": catalogue.translate(sentence_of(error), language),
        }
        for error in without_consequences(list(errors))
    ]


def without_consequences(errors: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """The errors without "list too short" where that only follows from an invalid entry."""
    return [
        error
        for error in errors
        if error["type"] != "too_short" or not any(_is_inside(other["loc"], error["loc"]) for other in errors)
    ]


def _is_inside(place: Sequence[int | str], outer: Sequence[int | str]) -> bool:
    return len(place) > len(outer) and tuple(place[: len(outer)]) == tuple(outer)


def _pointer(location: Sequence[int | str]) -> str:
    return "".join(f"/{_escaped(str(step))}" for step in location)


def _escaped(step: str) -> str:
    # An unknown field's name comes from the caller: it is shown, but shortened and without control characters.
    printable = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in step)
    return printable[:_LONGEST_NAME].replace("~", "~0").replace("/", "~1")
