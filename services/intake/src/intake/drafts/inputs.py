"""What comes in as the content of a draft, by JSON or by a form, and what a form shows of it."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, TypeAdapter

from intake.applications.model import Selection, Trigger
from intake.drafts.merging import Said, is_part, mark_of, parts_of
from intake.drafts.model import Content
from intake.programmes.rules import ApplicantKind
from intake.quantities import Hours, Share
from shared.contracts.vocabulary import Skill
from shared.inputs.fields import EmailAddress, Flag, Input, PlainText, Prose, plain_text
from shared.web.forms import Submission, valid_part

MOST_DAYCARES = 50
_marks: TypeAdapter[dict[str, str]] = TypeAdapter(dict[str, str])


class Chosen(Input):
    """On what data a daycare was chosen. `vulnerable_share` is in percent of the families."""

    vulnerable_share: Share | None = None
    trigger: Trigger | None = None
    inspections: Prose | None = None


class ContentIn(Input):
    """What has been filled in so far; anything may be missing."""

    applicant_kind: ApplicantKind | None = None
    daycares: tuple[UUID, ...] = Field(default=(), max_length=MOST_DAYCARES)
    themes: frozenset[Skill] = frozenset()
    hours: Hours | None = None
    motivation: Annotated[str, plain_text(10_000, lines=True)] | None = None
    contact_name: PlainText | None = None
    contact_email: EmailAddress | None = None
    reminders: Flag = Field(default=True, description="whether the contact is reminded of the deadline by e-mail")
    enquiry_id: UUID | None = None
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


def content_of(said: ContentIn) -> Content:
    """The content that was sent. A daycare that is named twice counts once."""
    chosen = (
        Selection(id, each.vulnerable_share, each.trigger, each.inspections) for id, each in said.selection.items()
    )
    return Content(
        applicant_kind=said.applicant_kind,
        daycares=tuple(dict.fromkeys(said.daycares)),
        themes=tuple(sorted(said.themes)),
        hours=said.hours,
        motivation=said.motivation,
        contact_name=said.contact_name,
        contact_email=said.contact_email,
        reminders=said.reminders,
        enquiry_id=said.enquiry_id,
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


def fields_of(content: Content) -> Mapping[str, Any]:
    """The content as the fields of the form, by their names."""
    shown: dict[str, Any] = {
        "applicant_kind": content.applicant_kind,
        "daycares": [str(id) for id in content.daycares],
        "themes": list(content.themes),
        "hours": content.hours,
        "motivation": content.motivation,
        "contact_name": content.contact_name,
        "contact_email": content.contact_email,
        "reminders": "true" if content.reminders else None,
        "enquiry_id": None if content.enquiry_id is None else str(content.enquiry_id),
    }
    for each in content.selection:
        prefix = f"selection.{each.daycare_id}"
        shown[f"{prefix}.vulnerable_share"] = each.vulnerable_share
        shown[f"{prefix}.trigger"] = each.trigger
        shown[f"{prefix}.inspections"] = each.inspections
    return {name: value for name, value in shown.items() if value is not None}
