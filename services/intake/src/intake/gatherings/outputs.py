"""A gathering as JSON."""

from datetime import date, datetime, time
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, PlainSerializer

from intake.gatherings.model import Cohort, CohortStatus, Group, Venue
from intake.programmes.offer import Admission, Audience
from intake.rounds.model import Zone
from shared.contracts.vocabulary import Names

TimeOut = Annotated[time, PlainSerializer(lambda moment: moment.isoformat("minutes"), return_type=str)]


class DetailsOut(BaseModel):
    """What may be changed of a gathering."""

    model_config = ConfigDict(from_attributes=True)

    title: Names
    starts_on: date
    ends_on: date
    begins: TimeOut | None
    ends: TimeOut | None
    venue: Venue
    zone: Zone
    places: int
    deadline: date
    groups: list[Group]


class CohortOut(DetailsOut):
    """A gathering."""

    id: UUID
    version: int
    status: CohortStatus
    programme: str
    programme_version: int
    closes_at: datetime
    admits: Admission
    audiences: list[Audience]
    form: str | None
    topic: str | None


def cohort_out(cohort: Cohort) -> CohortOut:
    """The JSON of a gathering."""
    return CohortOut.model_validate(cohort, from_attributes=True)
