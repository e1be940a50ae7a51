"""What is sent to the desk of a round, as JSON or by a form."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, field_validator

from intake.releases.model import Outcome
from shared.errors import Text
from shared.inputs.fields import Input, plain_text

Reason = Annotated[str, plain_text(2_000, lines=True)]
TAKE_BACK = "take-back"
"""Chosen in the place of an outcome: nothing is to be prepared any more."""


class DeskForm(Input):
    """What is to be told to the chosen applications, each with the version that was seen, as in `<id>/<version>`."""

    version: int = Field(ge=0)
    applications: tuple[str, ...] = Field(default=(), validate_default=True)
    outcome: str = Field(default="", validate_default=True)
    reason: Reason | None = None

    @field_validator("applications")
    @classmethod
    def _some_are_chosen(cls, chosen: tuple[str, ...]) -> tuple[str, ...]:
        if not chosen:
            raise ValueError(Text("Choose at least one application."))
        return chosen

    @field_validator("outcome")
    @classmethod
    def _is_an_outcome(cls, outcome: str) -> str:
        if outcome not in (*Outcome, TAKE_BACK):
            raise ValueError(Text("Choose what they are told."))
        return outcome

    @property
    def chosen(self) -> dict[UUID, int]:
        """Each chosen application with the version that was seen. Raises `ValueError` for what no form holds."""
        pairs = [each.partition("/") for each in self.applications]
        return {UUID(id): int(version) for id, _, version in pairs}


class ReleaseForm(Input):
    """The form behind the button; `version` is what was before somebody's eyes."""

    version: int = Field(ge=0)
