"""The form of what is sent: a text before the gathering and one after it, in fields such as `before.text`."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile

from intake.attachments.naming import bare_name
from intake.materials.files import NotTaken, taken
from intake.materials.inputs import MaterialForm
from intake.materials.model import File, Material, MaterialKind
from shared.errors import Text
from shared.inputs.validation import sentence_for_people
from shared.inputs.written import Written

_FIELDS = ("days", "text", "version")


@dataclass(frozen=True, slots=True)
class Piece:
    """One of the texts as it was sent; `errors` by the fields of the form, and `value` exactly where there are none."""

    kind: MaterialKind
    days: str
    text: str
    version: str
    file: tuple[File, bytes] | None = None
    value: MaterialForm | None = None
    errors: Mapping[str, Text] = field(default_factory=dict)

    @property
    def is_emptied(self) -> bool:
        """Whether nothing is left to be sent."""
        has_file = self.file is not None or f"{self.kind}.file" in self.errors
        return not self.text.strip() and not has_file and self.version.isdecimal()

    @property
    def said(self) -> MaterialForm:
        """What is to be sent. Raises `ValueError` where it is not valid."""
        if self.value is None:
            raise ValueError("what is not valid is not sent")
        return self.value

    def differs_from(self, known: Material | None) -> bool:
        """Whether something was written or chosen that is not kept already."""
        kept = (str(known.days), known.text.split()) if known else ("", [])
        return self.file is not None or (self.days, self.text.split()) != kept


async def piece_in(form: FormData, kind: MaterialKind, written: Written, whose: str) -> Piece:
    """Read one of the texts out of the form, which the person `whose` it is has sent."""
    fields = {name: form.get(f"{kind}.{name}") for name in _FIELDS}
    said = {name: sent for name, sent in fields.items() if isinstance(sent, str) and sent != ""}
    days, text, version = (said.get(name, "") for name in _FIELDS)
    file = await _file(form.get(f"{kind}.file"), whose)
    errors = {f"{kind}.file": file} if isinstance(file, Text) else {}
    taken = None if isinstance(file, Text) else file
    try:
        value = MaterialForm.model_validate({**said, "kind": kind}, context=written)
    except ValidationError as invalid:
        errors |= {f"{kind}.{each['loc'][0]}": sentence_for_people(dict(each)) for each in invalid.errors()}
        return Piece(kind, days, text, version, taken, None, errors)
    return Piece(kind, days, text, version, taken, None if errors else value, errors)


async def _file(upload: object, whose: str) -> tuple[File, bytes] | Text | None:
    """The file that was chosen, none, or what is wrong with it."""
    if not isinstance(upload, UploadFile) or not upload.filename:
        return None
    name, content = bare_name(upload.filename), await upload.read()
    try:
        return await taken(name, content, whose), content
    except NotTaken as error:
        return error.said
