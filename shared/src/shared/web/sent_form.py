"""Parses the form of a request, with a limit on the number of fields."""

from collections.abc import Mapping

from fastapi import Request
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from shared.errors import Problem, Text

MOST_FIELDS = 10_100
"""Most fields of a form. The longest form that we show has as many: the list of a gathering with 5,000 people, each
with two checkboxes."""
_TOO_MANY = "Too many fields"
"""The beginning of Starlette's message for too many fields, an error that has no class of its own."""


async def form_of(request: Request) -> FormData:
    """The form of a request. Raises 413 `too-many-fields`; a second call raises the same error again."""
    if hasattr(request.state, "form_refused"):
        raise request.state.form_refused
    try:
        return await request.form(max_fields=MOST_FIELDS)
    except HTTPException as refused:
        request.state.form_refused = _too_many() if refused.detail.startswith(_TOO_MANY) else refused
        raise request.state.form_refused from None


def _too_many() -> Problem:
    parameters = {"limit": MOST_FIELDS}
    detail = Text("At most {limit} fields can be sent here at once.", parameters)
    return Problem("too-many-fields", 413, detail, parameters=parameters)


def texts_in(form: FormData) -> Mapping[str, list[str]]:
    """All texts by field name; files are left out."""
    texts: dict[str, list[str]] = {}
    for name, value in form.multi_items():
        if isinstance(value, str):
            texts.setdefault(name, []).append(value)
    return texts
