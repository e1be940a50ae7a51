"""The rules a programme may lay down for taking part; what they say is judged in `applications`."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from intake.organisations.model import Ownership


class ApplicantKind(StrEnum):
    """Who applies (ansøgertype)."""

    ADMINISTRATION = "administration"
    DAYCARE = "daycare"
    DAYCARES = "daycares"
    MIXED = "mixed"


class _Rule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Applicant(_Rule):
    """Only these kinds of applicant may apply."""

    rule: Literal["applicant"]
    allowed: tuple[ApplicantKind, ...] = Field(min_length=1)


class DaycareCount(_Rule):
    """So many daycares take part, both ends included."""

    rule: Literal["daycare_count"]
    at_least: int = Field(strict=True, ge=1)
    at_most: int = Field(strict=True, ge=1)

    @model_validator(mode="after")
    def _ends_in_order(self) -> "DaycareCount":
        if self.at_least > self.at_most:
            raise ValueError("at_least is more than at_most")
        return self


class OwnershipAllowed(_Rule):
    """Only daycares run like this may take part."""

    rule: Literal["ownership"]
    allowed: tuple[Ownership, ...] = Field(min_length=1)


class YoungChildren(_Rule):
    """Each daycare has children younger than so many years; a kindergarten for 3–6 only is outside a focus on 0–2."""

    rule: Literal["young_children"]
    below: int = Field(strict=True, ge=1, le=7)


class HourCap(_Rule):
    """The application states its hours, and they are at most so many."""

    rule: Literal["hour_cap"]
    at_most: int = Field(strict=True, ge=1)


Rule = Annotated[
    Applicant | DaycareCount | OwnershipAllowed | YoungChildren | HourCap,
    Field(discriminator="rule"),
]
