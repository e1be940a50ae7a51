"""Reads numbers, days and times from form fields, as people write them.

JSON has types of its own and is not read so: the context of a validation tells a model that it is given a form.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from shared.identity import Language
from shared.notation import read_day, read_number, read_time

_KINDS = (int, Decimal, date, time)


@dataclass(frozen=True, slots=True)
class Written:
    """The context for validating a form: the language in which its fields are filled in."""

    language: Language


@dataclass(frozen=True, slots=True)
class Units:
    """Metadata of a number's type: the words that may follow it, such as "%"."""

    words: Collection[str]


class Unreadable:
    """A marker for a text that could not be read; it has no valid type, so the field is refused like one of a wrong
    type."""

    def __repr__(self) -> str:
        return "unreadable"


UNREADABLE = Unreadable()


def as_meant(model: type[BaseModel], sent: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """The sent values, with texts in fields for numbers, days and times parsed."""
    kinds = _kinds_of(model)
    return {name: _read_all(value, kinds[name], language) if name in kinds else value for name, value in sent.items()}


def _read_all(value: Any, parts: tuple[Any, ...], language: Language) -> Any:
    """The value with each text in it parsed, at any depth in lists and mappings."""
    if isinstance(value, str):
        return _read(value, parts, language)
    if isinstance(value, (list, tuple)):
        return [_read_all(each, parts, language) for each in value]
    if isinstance(value, Mapping):
        return {key: _read_all(each, parts, language) for key, each in value.items()}
    return value


def _read(text: str, parts: tuple[Any, ...], language: Language) -> Any:
    kinds = [part for part in parts if isinstance(part, type)]
    kind = Decimal if Decimal in kinds else kinds[0]
    if kind is date:
        day = read_day(text)
        return UNREADABLE if day is None else day.isoformat()
    if kind is time:
        moment = read_time(text)
        return UNREADABLE if moment is None else moment.isoformat("minutes")
    words = next((part.words for part in parts if isinstance(part, Units)), ())
    number = read_number(text, language, words)
    if number is None or (kind is int and number != number.to_integral_value()):
        return UNREADABLE
    return int(number) if kind is int else number


@cache
def _kinds_of(model: type[BaseModel]) -> dict[str, tuple[Any, ...]]:
    """The parts of the types of fields for numbers, days and times."""
    every = {name: (*_parts(field.annotation), *field.metadata) for name, field in model.model_fields.items()}
    return {name: parts for name, parts in every.items() if any(isinstance(part, type) for part in parts)}


def _parts(annotation: Any) -> Iterator[Any]:
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *others = get_args(annotation)
        yield from _parts(inner)
        yield from others
    elif origin in (Union, UnionType):
        for each in get_args(annotation):
            yield from _parts(each)
    elif isinstance(origin, type) and issubclass(origin, Collection):
        *_, inner = [each for each in get_args(annotation) if each is not Ellipsis]
        yield from _parts(inner)  # the values of a mapping
    elif (
        isinstance(annotation, type)
        and issubclass(annotation, _KINDS)
        and not issubclass(annotation, (bool, Enum, datetime))
    ):
        yield next(kind for kind in _KINDS if issubclass(annotation, kind))
