"""The fields of a form as it was sent, of which there are not endlessly many."""

from collections.abc import Mapping

from fastapi import Request
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from shared.errors import Problem, Text

MOST_FIELDS = 10_100
"""As many as the longest form that we show has: the list of a gathering with 5,000 people, each with two boxes."""
_TOO_MANY = "Too many fields"
"""How Starlette begins what it says of more, which has no kind of its own."""


async def form_of(request: Request) -> FormData:
    """The form that a request carries. Raises 413 `too-many-fields`, and each time again what it was refused with."""
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
    """All texts by the names of their fields; files are left out."""
    texts: dict[str, list[str]] = {}
    for name, value in form.multi_items():
        if isinstance(value, str):
            texts.setdefault(name, []).append(value)
    return texts
