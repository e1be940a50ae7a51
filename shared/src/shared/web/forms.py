"""Reads a form into a model: its value if it is valid, else what to show again and what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from shared.errors import Problem, Text
from shared.inputs.validation import sentence_for_people, without_consequences
from shared.inputs.written import Written
from shared.web.form_token import FIELD
from shared.web.kernel import language_of
from shared.web.problem_kinds import UNSENT
from shared.web.returning import typed_in
from shared.web.sent_form import form_of, texts_in
from shared.web.standing import STOOD
from shared.web.typed import AGAIN, BOXES, FROM, OWN, TAKEN, unticked

Model = TypeVar("Model", bound=BaseModel)

UNREAD = Text(
    "You have filled this in, but pressed a button that does not use it. Press the one below it, or empty it."
)
"""The error at a field of a form with several buttons, if another button was pressed and the field's content would be
lost."""
_OF_THE_FRAME = frozenset({FIELD, AGAIN, TAKEN, STOOD, BOXES, FROM})


@dataclass(frozen=True, slots=True)
class Submission(Generic[Model]):
    """The result. `value` is set exactly when there are no `errors`; `sent` is for showing the form again.

    `written` says in what language it was filled in.
    """

    value: Model | None
    sent: Mapping[str, str | list[str]] = field(default_factory=dict)
    errors: Mapping[str, Text] = field(default_factory=dict)
    written: Written | None = None
    is_unsent: bool = False
    """The form is only shown again, as it was typed."""


async def submitted(
    request: Request,
    model: type[Model],
    *,
    several: frozenset[str] = frozenset(),
    beside: frozenset[str] = frozenset(),
    elsewhere: frozenset[str] = frozenset(),
) -> Submission[Model]:
    """Read the form into `model`. Fields named in `several` may come more than once and become lists.

    An empty field counts as not sent, since browsers cannot leave one out. So does a group of checkboxes without a
    tick, for which `sent` has an empty list. A dot in a field's name leads inwards: `share.7` becomes the member `7` of
    `share`. The mark of a page's own fields is removed: `_page` becomes `page`.

    A form with several buttons sends the fields of all of them, so that none loses what was typed for another. Those
    named in `beside` are shown again and not read. Those named in `elsewhere` must be empty, since their content would
    be lost.
    """
    form = await form_of(request)
    sent: dict[str, str | list[str]] = {name: [] for name in unticked(form.multi_items())}
    for field_name, texts in texts_in(form).items():
        if field_name in _OF_THE_FRAME:
            continue
        name, values = field_name.removeprefix(OWN), [value for value in texts if value != ""]
        if name in several:
            sent[name] = values
        elif values:
            sent[name] = values[-1]
    if unsent := only_shown(request, sent):
        return unsent
    astray = {name: UNREAD for name in sent if name in elsewhere and sent[name]}
    read = {name: value for name, value in sent.items() if name not in beside | elsewhere}
    return _read(model, _nested(read), sent, written_in(request), {**_unspeakable(sent), **astray}, several)


async def pressed(request: Request, model: type[Model], *, several: frozenset[str] = frozenset()) -> Model:
    """Read a form without text fields, such as a single button.

    Raises `Problem("invalid-request")` for content that no page of ours sends.
    """
    form = await submitted(request, model, several=several)
    if form.value is None:
        raise Problem("invalid-request", 422)
    return form.value


def refuse_untyped(form: Submission[Any], *names: str) -> None:
    """Raise `Problem("invalid-request")` if one of these fields, in which people cannot type, has an error."""
    if any(name in form.errors for name in names):
        raise Problem("invalid-request", 422)


def only_shown(request: Request, sent: Mapping[str, str | list[str]]) -> "Submission[Any] | None":
    """The submission for a form that is not carried out, only shown again as it was typed; None for any other."""
    if not getattr(request.state, "is_only_shown", False):
        return None
    request.state.was_shown = True
    first = next(iter(typed_in(request)), "")
    return Submission(None, sent, {first: UNSENT.explanation}, is_unsent=True)


def asked(request: Request, model: type[Model]) -> Submission[Model]:
    """Read the query of the address like a form that is sent by GET; empty fields and those of the frame are left
    out."""
    sent = {name: value for name, value in request.query_params.items() if value != "" and name != "lang"}
    return _read(model, sent, sent, written_in(request))


def written_in(request: Request) -> Written:
    """The context for reading a form of this request: the language of its page."""
    return Written(language_of(request))


def valid_part(submission: Submission[Any], model: type[Model]) -> Model:
    """The submission without its invalid fields, for forms that are stored while they are filled in.

    If one member of a field is invalid, the whole field is left out. Raises `ValidationError` where `model` requires
    what is missing then.
    """
    wrong = {name.partition(".")[0] for name in submission.errors}
    kept = {name: value for name, value in _nested(submission.sent).items() if name not in wrong}
    return model.model_validate(kept, context=submission.written)


def _read(
    model: type[Model],
    said: Mapping[str, Any],
    sent: Mapping[str, str | list[str]],
    written: Written,
    errors: Mapping[str, Text] = MappingProxyType({}),
    several: frozenset[str] = frozenset(),
) -> Submission[Model]:
    """Validate the values, unless there are `errors` already."""
    try:
        value = model.model_validate(said, context=written)
    except ValidationError as invalid:
        return Submission(None, sent, {**_by_field(invalid, sent, several), **errors}, written)
    return Submission(None if errors else value, sent, errors, written)


def _nested(sent: Mapping[str, str | list[str]]) -> dict[str, Any]:
    nested: dict[str, Any] = {}
    for name, value in sent.items():
        if value == []:
            continue
        *outer, last = name.split(".")
        inside = nested
        for step in outer:
            member = inside.setdefault(step, {})
            inside = member if isinstance(member, dict) else {}
        inside[last] = value
    return nested


def _unspeakable(sent: Mapping[str, str | list[str]]) -> dict[str, Text]:
    """Errors for fields with a NUL, which the database does not take."""
    return {
        name: Text("This text contains control characters.") for name, value in sent.items() if "\0" in "".join(value)
    }


def _by_field(invalid: ValidationError, sent: Mapping[str, object], several: frozenset[str]) -> dict[str, Text]:
    errors: dict[str, Text] = {}
    for error in without_consequences(invalid.errors(include_url=False, include_input=False)):
        steps = [str(step) for step in error["loc"]]
        full = ".".join(steps)
        is_unticked = error["type"] == "missing" and full in several
        said = Text("Choose at least one.") if is_unticked else sentence_for_people(error)
        errors.setdefault(full if full in sent else "".join(steps[:1]), said)
    return errors
