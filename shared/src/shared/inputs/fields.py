"""Field types for request models: text without control characters, exact numbers, dates; unknown fields are refused."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidationInfo,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from shared.errors import Text
from shared.exact_numbers import plain_number
from shared.inputs.link_like import looks_like_a_link
from shared.inputs.text_patterns import LINE, LINES, NO_CONTROLS
from shared.inputs.written import Written, as_meant
from shared.mailbox import NoAddress, as_written
from shared.visible import SEEN


def _sets_take_repetitions(described: dict[str, Any]) -> None:
    """Remove `uniqueItems` from the schema: a value that is sent twice in a set counts once."""
    for field in described.get("properties", {}).values():
        for alternative in (field, *field.get("anyOf", [])):
            alternative.pop("uniqueItems", None)


class Input(BaseModel):
    """The base of every request body: unknown fields are refused, and so are infinite numbers.

    In a form, numbers, days and times are read as people write them.
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, json_schema_extra=_sets_take_repetitions
    )

    @model_validator(mode="before")
    @classmethod
    def _read_as_written(cls, sent: Any, info: ValidationInfo) -> Any:
        if isinstance(info.context, Written) and isinstance(sent, Mapping):
            return as_meant(cls, sent, info.context.language)
        return sent


@dataclass(frozen=True, slots=True)
class _PlainText:
    max_length: int
    min_length: int
    lines: bool

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        text = core_schema.str_schema(strict=True, min_length=self.min_length, max_length=self.max_length)
        return core_schema.no_info_before_validator_function(self._cleaned, text)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        described = handler(schema)
        if self.min_length > 0:
            return described | {"pattern": LINES if self.lines else LINE}
        return described | ({} if self.lines else {"pattern": NO_CONTROLS})

    def _cleaned(self, value: object) -> object:
        # Far too long a text is left as it is, to be refused: putting combining marks in order takes quadratic time.
        if not isinstance(value, str) or len(value) > 4 * self.max_length:
            return value
        value = value.replace("\r\n", "\n") if self.lines else value
        allowed = "\n\t" if self.lines else ""
        if any(unicodedata.category(character) == "Cc" and character not in allowed for character in value):
            raise PydanticCustomError("control_characters", "text contains control characters")
        return unicodedata.normalize("NFC", value).strip() if SEEN.search(value) else ""


def plain_text(max_length: int, *, min_length: int = 1, lines: bool = False) -> Any:
    """`name: Annotated[str, plain_text(200)]`: a text in any script, trimmed and in Unicode's composed form.

    Control characters are refused; with `lines`, line ends and tabs may stay. A text of invisible characters counts as
    empty.
    """
    return _PlainText(max_length, min_length, lines)


PlainText = Annotated[str, plain_text(200)]
"""A line of text: a name, a title."""


def _leads_nowhere(name: str) -> str:
    if looks_like_a_link(name):
        raise ValueError(Text("Write a name, without an address on the web."))
    return name


NameOfStranger = Annotated[PlainText, AfterValidator(_leads_nowhere)]
"""The name of a visitor who has not signed in.

It is written in e-mails to an address that may not be theirs, so it must not look like a link.
"""

Prose = Annotated[str, plain_text(5000, lines=True)]
"""A text of several lines."""


def _email_address(value: str) -> str:
    try:
        return as_written(value)
    except NoAddress:
        raise PydanticCustomError("email_address", "not an e-mail address") from None


EmailAddress = Annotated[
    str, Field(strict=True, max_length=254, json_schema_extra={"format": "email"}), AfterValidator(_email_address)
]
"""An e-mail address as people write it, such as anna@example.org; whether a mailbox exists is not checked."""

Whole = Annotated[int, Field(strict=True, ge=0, le=2_147_483_647)]
"""A number of things, sent as a JSON number and small enough for the database."""


@dataclass(frozen=True, slots=True)
class _ExactNumber:
    least: int | None
    most: int | None
    decimals: int | None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(
            _number_of_json,
            core_schema.decimal_schema(
                ge=None if self.least is None else Decimal(self.least),
                le=None if self.most is None else Decimal(self.most),
                decimal_places=self.decimals,
            ),
            serialization=core_schema.plain_serializer_function_ser_schema(plain_number),
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        step = None if self.decimals is None else float(Decimal(1).scaleb(-self.decimals))
        bounds = {"minimum": self.least, "maximum": self.most, "multipleOf": step}
        return {"type": "number"} | {name: bound for name, bound in bounds.items() if bound is not None}


def _number_of_json(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        raise PydanticCustomError("decimal_type", "not a number")
    return Decimal(str(value)) if isinstance(value, float) else value


def exact_number(least: int | None = None, most: int | None = None, decimals: int | None = None) -> Any:
    """`hours: Annotated[int | Decimal, exact_number(1, 20)]`: a JSON number that is kept to the last digit.

    With `decimals` there are at most so many, so that what is shown is all of it.
    """
    return _ExactNumber(least, most, decimals)


ExactNumber = Annotated[int | Decimal, exact_number()]
"""An exact number in a response."""

Flag = Annotated[bool, Field(strict=True)]
"""True or false, and not "yes" or 1."""


def _speakable(value: str) -> str:
    categories = {unicodedata.category(character) for character in value}
    if "Cs" in categories:
        raise PydanticCustomError("string_unicode", "text contains half a character")
    if "Cc" in categories:
        raise PydanticCustomError("control_characters", "text contains control characters")
    return value


Slug = Annotated[str, Field(strict=True, json_schema_extra={"pattern": NO_CONTROLS}), AfterValidator(_speakable)]
"""The name of a programme or a phase in addresses and events; whether there is such a thing is not checked."""


def _iso_day(value: object) -> object:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value, re.ASCII):
        raise PydanticCustomError("date_type", "not a date")
    return value


AsDay = BeforeValidator(_iso_day)
"""Takes a date as in 2026-11-03, neither a moment nor a number. Bounds stand before it: `[date, Field(…), AsDay]`."""

NearDay = Annotated[
    date,
    Field(
        ge=date(2000, 1, 1),
        le=date(2100, 12, 31),
        json_schema_extra={"pattern": "^(20[0-9]{2}|2100)-[0-9]{2}-[0-9]{2}$"},
    ),
    AsDay,
]
"""A date that can be meant today: from 2000-01-01 to 2100-12-31."""
