"""A wish on its way in and out: by JSON and by the form, as a draft and as an application alike."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field

from intake.applications.model import Selection, Trigger, Wish
from intake.programmes.rules import ApplicantKind
from intake.quantities import Hours, Share
from shared.contracts.vocabulary import Skill
from shared.inputs.fields import ExactNumber, Input, Prose, plain_text

MOST_DAYCARES = 50
Motivation = Annotated[str, plain_text(10_000, lines=True)]


class Chosen(Input):
    """On what data a daycare was chosen."""

    vulnerable_share: Share | None = Field(
        default=None, description="percent of the families that are in vulnerable positions"
    )
    trigger: Trigger | None = None
    inspections: Prose | None = None


class WishIn(Input):
    """What somebody wishes for; anything may be missing."""

    applicant_kind: ApplicantKind | None = None
    daycares: tuple[UUID, ...] = Field(default=(), max_length=MOST_DAYCARES)
    themes: frozenset[Skill] = frozenset()
    hours: Hours | None = None
    motivation: Motivation | None = None
    enquiry_id: UUID | None = Field(default=None, description="the applicant's own question that it grew out of")


def wish_of(said: WishIn, **otherwise: Any) -> Wish:
    """The wish that was said, with the fields that are said in another way than they are kept."""
    alike = {name: getattr(said, name) for name in WishIn.model_fields}
    return Wish(**alike | {"themes": tuple(sorted(said.themes))} | otherwise)


def selection_of(daycare_id: UUID, said: Chosen) -> Selection:
    """What was said of one daycare."""
    return Selection(daycare_id, **{name: getattr(said, name) for name in Chosen.model_fields})


class SelectionOut(BaseModel):
    """On what data one daycare was chosen."""

    daycare_id: UUID
    vulnerable_share: ExactNumber | None
    trigger: Trigger | None
    inspections: str | None


class WishOut(BaseModel):
    """What somebody wishes for, as it is shown."""

    applicant_kind: ApplicantKind | None
    daycares: list[UUID]
    themes: list[Skill]
    hours: ExactNumber | None
    motivation: str | None
    enquiry_id: UUID | None
    selection: list[SelectionOut]
