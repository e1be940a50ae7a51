"""What comes in as the content of a draft, by JSON or by a form, and what a form shows of it."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, TypeAdapter

from intake.applications.model import Selection, Wish
from intake.applications.wishes import MOST_DAYCARES, Chosen, WishIn, selection_of, wish_of
from intake.drafts.merging import Said, is_part, mark_of, parts_of
from shared.inputs.fields import EmailAddress, Flag, Input, PlainText, plain_text
from shared.web.forms import Submission, valid_part

_marks: TypeAdapter[dict[str, str]] = TypeAdapter(dict[str, str])


class ContentIn(WishIn):
    """What has been filled in so far; anything may be missing."""

    contact_name: PlainText | None = None
    contact_email: EmailAddress | None = None
    reminders: Flag = Field(default=True, description="whether the contact is reminded of the deadline by e-mail")
    selection: dict[UUID, Chosen] = Field(
        default_factory=dict, max_length=MOST_DAYCARES, description="by the id of the daycare"
    )


class Filled(ContentIn):
    """The form, which says nothing of a box without a tick.

    Of each field that it shows it carries a mark in `seen`, and of itself the name of the `page`. `settled` names a
    field with the mark of another text that the writer's own is put in the place of, `given_up` one whose own text
    gives way. The last two are for sending alone.
    """

    reminders: bool = False

    seen: dict[str, Any] = Field(default_factory=dict)
    page: Annotated[str, plain_text(40)] | None = None
    settled: Annotated[str, plain_text(200)] | None = None
    given_up: Annotated[str, plain_text(200)] | None = None
    late_code: Annotated[str, plain_text(40)] | None = None
    anyway: bool = False


SEVERAL = frozenset({"daycares", "themes"})
"""The fields of the form that may come more than once."""


class Removal(Input):
    """The form behind the button that throws a draft away; `seen` are the marks of all that it held when it was shown,
    as JSON."""

    seen: str = "{}"
    page: str | None = None

    def said(self) -> Said:
        """What the page knows of the draft. Raises `ValueError` for what no page of ours says."""
        return Said({}, _marks.validate_json(self.seen), self.page)


def content_of(said: ContentIn) -> Wish:
    """The content that was sent. A daycare that is named twice counts once."""
    chosen = (selection_of(id, each) for id, each in said.selection.items())
    return wish_of(
        said,
        daycares=tuple(dict.fromkeys(said.daycares)),
        contact_name=said.contact_name,
        contact_email=said.contact_email,
        reminders=said.reminders,
        selection=tuple(each for each in chosen if each != Selection(each.daycare_id)),
    )


def said_by(form: Submission[Filled]) -> Said:
    """What a form says of the fields that it shows, but for those in which it is wrong."""
    filled = form.value or valid_part(form, Filled)
    parts = parts_of(content_of(filled))
    seen = seen_by(form)
    wrong = {name.partition(".")[0] for name in form.errors}
    names = (name for name in {**seen, **dict.fromkeys(form.sent)} if name in parts or name in seen)
    told = {name for name in names if name.partition(".")[0] not in wrong and name != filled.given_up}
    name, _, mark = (filled.settled or "").partition(" ")
    return Said({name: parts.get(name) for name in sorted(told)}, seen, filled.page, {name: mark})


def untouched_in(form: Submission[Filled]) -> frozenset[str]:
    """The fields of a form that hold what they were shown with."""
    said = said_by(form)
    return frozenset(name for name, value in said.parts.items() if said.seen.get(name) == mark_of(value))


def seen_by(form: Submission[Filled]) -> Mapping[str, str]:
    """The marks that a form carries, by the names of its fields."""
    prefix = "seen."
    marks = {name.removeprefix(prefix): str(mark) for name, mark in form.sent.items() if name.startswith(prefix)}
    return {name: mark for name, mark in marks.items() if is_part(name)}


def fields_of(content: Wish) -> Mapping[str, Any]:
    """The content as the fields of the form, by their names."""
    shown = {name: _as_sent(part) for name, part in parts_of(content).items()}
    return {name: value for name, value in shown.items() if value is not None}


def _as_sent(part: object) -> object:
    """A part as the form sends it: a tick is "true", and none is nothing."""
    match part:
        case bool():
            return "true" if part else None
        case tuple():
            return [str(each) for each in part]
        case UUID():
            return str(part)
    return part
