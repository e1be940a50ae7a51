"""A gathering that people register for (hold): a learning day, a conference, a theme day or a training."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from intake.programmes.offer import Admission, Audience
from intake.rounds.model import Zone, midnight
from shared.contracts.intake import Names


class Status(StrEnum):
    """What has become of a cohort."""

    ANNOUNCED = "announced"
    CANCELLED = "cancelled"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Group:
    """A part of a cohort that people choose, such as a workshop, with places of its own."""

    id: UUID
    name: str
    places: int


@dataclass(frozen=True, slots=True)
class Venue:
    """Where a gathering takes place."""

    town: str
    address: str


@dataclass(frozen=True, slots=True)
class Cohort:
    """A gathering on one or several days, both ends included, with `places` for so many people.

    The days and `deadline`, the last day on which people register, are local dates in `zone`. Who may come, `admits`
    and `audiences` say, as the version of the programme did when the gathering was announced. `version` rises with
    every change.
    """

    id: UUID
    programme: str
    programme_version: int
    title: Names
    starts_on: date
    ends_on: date
    venue: Venue
    zone: Zone
    places: int
    deadline: date
    admits: Admission
    audiences: tuple[Audience, ...]
    announced_at: datetime
    groups: tuple[Group, ...] = ()
    form: str | None = None
    topic: str | None = None
    status: Status = Status.ANNOUNCED
    version: int = 1

    @property
    def closes_at(self) -> datetime:
        """The first moment at which nobody registers any more: the midnight that ends the deadline."""
        return midnight(self.deadline + timedelta(days=1), self.zone)

    @property
    def starts_at(self) -> datetime:
        """The midnight with which the first day begins."""
        return midnight(self.starts_on, self.zone)

    @property
    def is_over_at(self) -> datetime:
        """The midnight that ends the last day."""
        return midnight(self.ends_on + timedelta(days=1), self.zone)

    def takes_registrations(self, now: datetime) -> bool:
        """Whether somebody may register at this moment."""
        return self.status is Status.ANNOUNCED and now < self.closes_at
