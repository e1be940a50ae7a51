"""What a programme offers and to whom, as the documents that announce it say; nothing here turns anybody away."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, model_validator
from pydantic_core import PydanticKnownError

from intake.organisations.model import Ownership
from shared.contracts.vocabulary import Names, Skill


def _no_number(value: Any) -> Any:
    """A number would be read as seconds since 1970."""
    if isinstance(value, (int, float)):
        raise ValueError("a day is wanted here, such as 2019-12-31")
    return value


EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)
"""What a programme can mean; the corps began in 2016."""
AS_STORED = object()
"""The context in which a definition is validated that was published once: closer bounds do not make it unreadable."""


def _meant(day: date, info: ValidationInfo) -> date:
    if info.context is AS_STORED:
        return day
    if day < EARLIEST:
        raise PydanticKnownError("greater_than_equal", {"ge": str(EARLIEST)})
    if day > LATEST:
        raise PydanticKnownError("less_than_equal", {"le": str(LATEST)})
    return day


Day = Annotated[date, BeforeValidator(_no_number), AfterValidator(_meant)]


class Audience(StrEnum):
    """Whom a programme or a part of it is for (målgruppe)."""

    ADMINISTRATION = "administration"
    AREA_LEADERS = "area_leaders"
    LEADERS = "leaders"
    DEPUTY_LEADERS = "deputy_leaders"
    STAFF = "staff"
    CONSULTANTS = "consultants"
    """The pedagogical consultants of a municipality."""


class Admission(StrEnum):
    """Who may register for a programme that takes registrations."""

    EVERYBODY = "everybody"
    AUDIENCE = "audience"
    PARTICIPANTS = "participants"
    """Municipalities that take part in a course."""


class Sparring(StrEnum):
    """Whether the administration itself takes part in advice (forvaltningssparring)."""

    CONDITION = "condition"
    OFFERED = "offered"


class Offered(BaseModel):
    """Any part of an offer."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class AgeFocus(Offered):
    """The children in focus, in whole years of age, both ends included."""

    youngest: int = Field(strict=True, ge=0, le=6)
    oldest: int = Field(strict=True, ge=0, le=6)

    @model_validator(mode="after")
    def _ends_in_order(self) -> "AgeFocus":
        if self.youngest > self.oldest:
            raise ValueError("youngest is more than oldest")
        return self


class Part(Offered):
    """Something that a programme has several of: a topic, or a form that a course comes in, each for its audience."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    names: Names
    audiences: tuple[Audience, ...] = ()


class Offer(Offered):
    """All that is told of a programme. `fee` is in kroner; `runs_until` is the last day of its last course."""

    fee: int = Field(default=0, strict=True, ge=0, le=1_000_000)
    goal: Names | None = None
    basis: Names | None = None
    """What the advice stands on (fagligt grundlag)."""
    age_focus: AgeFocus | None = None
    audiences: tuple[Audience, ...] = ()
    mainly_for: tuple[Ownership, ...] = ()
    """Daycares that are thought of first; others may apply as well (primær målgruppe)."""
    admits: Admission | None = None
    themes: tuple[Skill, ...] = ()
    sparring: Sparring | None = None
    rounds_per_year: int | None = Field(default=None, strict=True, ge=1, le=12)
    runs_until: Day | None = None
    forms: tuple[Part, ...] = ()
    """The forms that a course comes in (kursusform)."""
    topics: tuple[Part, ...] = ()

    @model_validator(mode="after")
    def _parts_have_their_own_names(self) -> "Offer":
        for parts in (self.forms, self.topics):
            if len({part.name for part in parts}) != len(parts):
                raise ValueError("two forms or two topics have the same name")
        return self


class Criterion(BaseModel):
    """What an application is assessed by. `scale` names what each score means, from 0 on; `weight` is its share."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    names: Names
    weight: int = Field(strict=True, ge=1, le=100)
    scale: tuple[Names, ...] = Field(min_length=2, max_length=11)

    @property
    def highest(self) -> int:
        """The best score; the lowest is 0."""
        return len(self.scale) - 1
