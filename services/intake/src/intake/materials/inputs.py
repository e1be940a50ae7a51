"""What the secretary has sent before and after a gathering."""

from base64 import b64decode
from binascii import Error
from typing import Annotated

from pydantic import AfterValidator, Field

from intake.materials.files import OTHER, has_other_ending
from intake.materials.model import MaterialKind
from shared.errors import Text
from shared.inputs.fields import Input, PlainText, Prose


def _taken(name: str) -> str:
    if has_other_ending(name):
        raise ValueError(OTHER)
    return name


def _decodable(content: str) -> str:
    try:
        b64decode(content, validate=True)
    except Error:
        raise ValueError(Text("The content is not valid base64.")) from None
    return content


class FileIn(Input):
    """A file, its content in base64."""

    name: Annotated[PlainText, AfterValidator(_taken)]
    content: Annotated[str, Field(max_length=210_000, description="base64"), AfterValidator(_decodable)]


class MaterialIn(Input):
    """A text that is sent so many days before the first day, or after the last."""

    days: int = Field(strict=True, ge=0, le=365)
    text: Prose
    file: FileIn | None = None


class MaterialForm(Input):
    """The same in a form, whose file comes apart."""

    kind: MaterialKind
    days: int = Field(strict=True, ge=0, le=365)
    text: Prose
    version: int = Field(ge=0)
