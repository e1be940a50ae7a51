"""A form as it was sent: its value if it is valid, else what to show again and what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from shared.errors import Text
from shared.web.form_token import FIELD
from shared.web.validation import sentence_of

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Submission(Generic[Model]):
    """`value` is set exactly when there are no `errors`; `sent` is for showing the form again."""

    value: Model | None
    sent: Mapping[str, str | list[str]] = field(default_factory=dict)
    errors: Mapping[str, Text] = field(default_factory=dict)


async def submitted(
    request: Request, model: type[Model], *, several: frozenset[str] = frozenset()
) -> Submission[Model]:
    """Read the form into `model`. Fields named in `several` may come more than once and become lists.

    An empty field counts as not sent, since browsers cannot leave one out.
    """
    form = await request.form()
    sent: dict[str, str | list[str]] = {}
    for name in form:
        values = [value for value in form.getlist(name) if isinstance(value, str) and value != ""]
        if name in several:
            sent[name] = values
        elif values and name != FIELD:
            sent[name] = values[-1]
    try:
        return Submission(model.model_validate(sent), sent)
    except ValidationError as invalid:
        return Submission(None, sent, _by_field(invalid))


def _by_field(invalid: ValidationError) -> dict[str, Text]:
    errors: dict[str, Text] = {}
    for error in invalid.errors(include_url=False, include_input=False):
        name = str(error["loc"][0]) if error["loc"] else ""
        errors.setdefault(name, sentence_of(error))
    return errors
