"""Serialises untranslated sentences (`Text`) to JSON and back, so that they can be translated when an e-mail is
sent."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from shared.errors import LocalDay, LocalMoment, Text


def as_json(sentence: Text) -> dict[str, Any]:
    """The JSON of a sentence. Raises `TypeError` for a value that `from_json` could not restore."""
    return {
        "message": sentence.message,
        "values": {name: _value_as_json(value) for name, value in sentence.parameters.items()},
    }


def from_json(document: Mapping[str, Any]) -> Text:
    """The sentence from the JSON of `as_json`. Raises `LookupError`, `TypeError` or `ValueError` for other JSON."""
    message: str = document["message"]
    return Text(message, {name: _value_from_json(value) for name, value in document["values"].items()})


def _value_as_json(value: object) -> Any:
    match value:
        case str():
            return str(value)
        case bool():
            raise TypeError("a sentence has no place for true or false")
        case int():
            return value
        case LocalMoment():
            return {"moment": value.moment.isoformat(), "zone": str(value.zone)}
        case LocalDay():
            return {"day": value.day.isoformat(), "zone": str(value.zone)}
        case datetime():
            return {"moment": value.isoformat()}
        case date():
            return {"day": value.isoformat()}
        case Text():
            return as_json(value)
        case tuple() | list():
            return [_value_as_json(each) for each in value]
        case _:
            raise TypeError(f"a {type(value).__name__} cannot be kept in a sentence")


def _value_from_json(value: Any) -> object:
    match value:
        case {"moment": moment, "zone": zone}:
            return LocalMoment(datetime.fromisoformat(moment), zone)
        case {"moment": moment}:
            return datetime.fromisoformat(moment)
        case {"day": day, "zone": zone}:
            return LocalDay(date.fromisoformat(day), zone)
        case {"day": day}:
            return date.fromisoformat(day)
        case {}:
            return from_json(value)
        case list():
            return [_value_from_json(each) for each in value]
        case _:
            return value
