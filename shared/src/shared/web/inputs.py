"""What a request may carry: text without tricks, and nothing that nobody asked for."""

import unicodedata
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema


class Input(BaseModel):
    """The base of every request body: unknown fields are refused, and so are infinite numbers."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


@dataclass(frozen=True, slots=True)
class _PlainText:
    max_length: int
    min_length: int
    lines: bool

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        text = core_schema.str_schema(strict=True, min_length=self.min_length, max_length=self.max_length)
        return core_schema.no_info_before_validator_function(self._cleaned, text)

    def _cleaned(self, value: object) -> object:
        # Far too long a text is left as it is, to be refused: putting combining marks in order takes quadratic time.
        if not isinstance(value, str) or len(value) > 4 * self.max_length:
            return value
        value = value.replace("\r\n", "\n") if self.lines else value
        allowed = "\n\t" if self.lines else ""
        if any(unicodedata.category(character) == "Cc" and character not in allowed for character in value):
            raise PydanticCustomError("control_characters", "text contains control characters")
        return unicodedata.normalize("NFC", value).strip()


def plain_text(max_length: int, *, min_length: int = 1, lines: bool = False) -> Any:
    """`name: Annotated[str, plain_text(200)]`: a text in any script, trimmed and in Unicode's composed form.

    Control characters are refused; with `lines`, line ends and tabs may stay.
    """
    return _PlainText(max_length, min_length, lines)


PlainText = Annotated[str, plain_text(200)]
"""A line of text: a name, a title."""

Prose = Annotated[str, plain_text(5000, lines=True)]
"""A text of several lines."""

Whole = Annotated[int, Field(strict=True, ge=0, le=2_147_483_647)]
"""A number of things, sent as a JSON number and small enough for the database."""

Flag = Annotated[bool, Field(strict=True)]
"""True or false, and not "yes" or 1."""
