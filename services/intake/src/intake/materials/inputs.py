"""What the secretary has sent before and after a gathering."""

from base64 import b64decode
from binascii import Error
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from intake.attachments.sniffing import NotAllowed, kind_of
from intake.materials.model import Kind
from shared.errors import Size, Text
from shared.web.inputs import Input, PlainText, Prose

LARGEST = 150_000
"""Bytes of a file."""
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text",
}
"""The files that are taken, by the end of their name. None of them is shown by a browser as a page of ours."""
NOT_WHAT_IT_SAYS = Text("By its content the file is not what the end of its name says.")


def media_type_of(name: str) -> str:
    """The media type of a file that is taken. Raises `ValueError` for others."""
    ending = name.rpartition(".")[2].casefold()
    if ending not in MEDIA_TYPES or "/" in name or "\\" in name:
        raise ValueError(Text("A PDF, DOCX, XLSX or ODT file is wanted."))
    return MEDIA_TYPES[ending]


def _taken(name: str) -> str:
    media_type_of(name)
    return name


def check_content(name: str, content: bytes) -> None:
    """Raise `ValueError` for a file that is too large, or not what the end of its name says."""
    if not 0 < len(content) <= LARGEST:
        raise ValueError(Text("A file has at most {most}, and is not empty.", {"most": Size(LARGEST)}))
    try:
        kind = kind_of(content)
    except NotAllowed as error:
        raise ValueError(NOT_WHAT_IT_SAYS) from error
    if kind != media_type_of(name):
        raise ValueError(NOT_WHAT_IT_SAYS)


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

    @model_validator(mode="after")
    def _is_what_it_says(self) -> "FileIn":
        check_content(self.name, b64decode(self.content))
        return self


class MaterialIn(Input):
    """A text that is sent so many days before the first day, or after the last."""

    days: int = Field(ge=0, le=365)
    text: Prose
    file: FileIn | None = None


class MaterialForm(Input):
    """The same in a form, whose file comes apart."""

    kind: Kind
    days: int = Field(ge=0, le=365)
    text: Prose
    version: int = Field(ge=0)
