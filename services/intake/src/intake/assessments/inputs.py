"""What reviewers send, as JSON or by a form."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field, create_model

from intake.assessments.model import Assessment, Score
from intake.programmes.offer import Criterion
from shared.inputs.fields import Input, Slug, plain_text

Prose = Annotated[str, plain_text(2_000, lines=True)]


class ConflictIn(Input):
    """Why somebody steps back."""

    reason: Prose


class ScoreIn(Input):
    """What one criterion is given."""

    criterion: Slug
    points: Annotated[int, Field(strict=True, ge=0, le=100)] | None = None
    remark: Prose | None = None

    @property
    def value(self) -> Score:
        return Score(self.criterion, self.points, self.remark)


class AssessmentDraftIn(Input):
    """What a reviewer has so far; what is left out is empty then."""

    scores: tuple[ScoreIn, ...] = Field(max_length=50)

    @property
    def values(self) -> list[Score]:
        return [score.value for score in self.scores]


class SheetIn(AssessmentDraftIn):
    """A whole sheet; one that replaces another says why."""

    reason: Prose | None = None


def sheet_form(criteria: Sequence[Criterion]) -> type[Input]:
    """The form of a sheet: points and a remark for each criterion, beside the version that was before one's eyes."""
    fields: dict[str, Any] = {"version": (int, Field(ge=1)), "reason": (Prose | None, None)}
    for criterion in criteria:
        points = Annotated[int, Field(ge=0, le=criterion.highest)]
        fields[field_of("points", criterion.name)] = (points | None, None)
        fields[field_of("remark", criterion.name)] = (Prose | None, None)
    return create_model("SheetForm", __base__=Input, **fields)


def scores_of(criteria: Sequence[Criterion], form: Input) -> list[Score]:
    """The scores in a form that has been read."""
    return [
        Score(
            each.name,
            getattr(form, field_of("points", each.name)),
            getattr(form, field_of("remark", each.name)),
        )
        for each in criteria
    ]


def as_sent(assessment: Assessment) -> Mapping[str, str]:
    """What the form shows when it is opened."""
    fields: dict[str, str] = {}
    for score in assessment.scores:
        if score.points is not None:
            fields[field_of("points", score.criterion)] = str(score.points)
        if score.remark is not None:
            fields[field_of("remark", score.criterion)] = score.remark
    return fields


def field_of(what: str, criterion: str) -> str:
    """What a field of the form is called."""
    return f"{what}_{criterion.replace('-', '_')}"
