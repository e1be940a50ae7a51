"""What comes in as the content of a draft, by JSON or by a form, and what a form shows of it."""

from collections.abc import Collection, Mapping
from dataclasses import fields, replace
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from intake.applications.model import Selection, Trigger
from intake.drafts.model import Content
from intake.programmes.rules import ApplicantKind
from intake.quantities import Hours, Share
from shared.contracts.intake import Skill
from shared.web.inputs import EmailAddress, Flag, Input, PlainText, Prose, plain_text

MOST_DAYCARES = 50


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
    """The form, which says nothing of a box without a tick. `version` is what was before the writer's eyes; the last
    two are for sending alone."""

    reminders: bool = False

    version: int | None = Field(default=None, ge=1)
    late_code: Annotated[str, plain_text(40)] | None = None
    anyway: bool = False


SEVERAL = frozenset({"daycares", "themes"})
"""The fields of the form that may come more than once."""


def content_of(said: ContentIn, before: Content | None = None, wrong: Collection[str] = ()) -> Content:
    """The content that was sent, with the fields that are `wrong` as they were `before`.

    A daycare that is named twice counts once.
    """
    chosen = (
        Selection(id, each.vulnerable_share, each.trigger, each.inspections) for id, each in said.selection.items()
    )
    content = Content(
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
    kept = {each.name: getattr(before, each.name) for each in fields(Content) if before and each.name in wrong}
    return replace(content, **kept)


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
