"""The kinds of field that contracts are made of, beside parts and choices from a fixed list that they define.

A field says by its kind what may stand in it, and none of the kinds can hold anything about a person. The kind's
meaning describes the field in the schema. A kind says nothing about ranges and lengths: the producer judges those
before it publishes, and a consumer takes what has been published.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BeforeValidator, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticKnownError

RFC_3339 = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Kind:
    """What a field may hold, in words that become its description in the schema."""

    meaning: str

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(schema), "description": self.meaning}


def _moment(value: Any) -> datetime:
    """What RFC 3339 calls a date-time, as the schema promises; pydantic would take seconds since 1970 as well."""
    moment = _read(value) if isinstance(value, str) else value
    if not isinstance(moment, datetime):
        raise PydanticKnownError("datetime_parsing", {"error": "not a date-time of RFC 3339"})
    if moment.tzinfo is None:
        raise PydanticKnownError("timezone_aware")
    return moment


def _read(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if RFC_3339.fullmatch(text) else None
    except ValueError:
        return None


OpaqueId = Annotated[UUID, Kind("An id that says nothing about what or whom it stands for.")]
Slug = Annotated[str, Kind("A short name of a programme, a phase or a rule, such as long-course.")]
MunicipalityCode = Annotated[str, Kind("The four digits of a municipality in the public register.")]
PublicName = Annotated[str, Kind("What a programme or a part of it is called on the screens, never a person.")]
Day = Annotated[date, Kind("A date where the office of the corps is, in Copenhagen.")]
Moment = Annotated[
    datetime,
    Kind("A moment with its zone, as in 2026-11-03T23:59:59+01:00."),
    BeforeValidator(_moment),
]
Count = Annotated[int, Kind("How many there are, or may be, of something.")]
VersionNumber = Annotated[int, Kind("Counts the versions of one thing, from 1.")]
