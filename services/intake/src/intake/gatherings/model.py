"""A gathering that people register for (hold): a learning day, a conference, a theme day or a training."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from uuid import UUID

from intake.programmes.offer import Admission, Audience
from intake.rounds.model import Zone, midnight
from shared.contracts.vocabulary import Names
from shared.days import add_days


class CohortStatus(StrEnum):
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

    The days and `deadline`, the last day on which people register, are local dates in `zone`. It begins on the first
    day at `begins` and ends on the last at `ends`, where that has been said. Who may come, `admits` and `audiences`
    say, as the version of the programme did when the gathering was announced. `version` rises with every change.
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
    begins: time | None = None
    ends: time | None = None
    groups: tuple[Group, ...] = ()
    form: str | None = None
    topic: str | None = None
    status: CohortStatus = CohortStatus.ANNOUNCED
    version: int = 1

    @property
    def closes_at(self) -> datetime:
        """The first moment at which nobody registers any more: the midnight that ends the deadline."""
        return midnight(add_days(self.deadline, 1), self.zone)

    @property
    def starts_at(self) -> datetime:
        """The midnight with which the first day begins."""
        return midnight(self.starts_on, self.zone)

    @property
    def is_over_at(self) -> datetime:
        """The midnight that ends the last day."""
        return midnight(add_days(self.ends_on, 1), self.zone)

    def may_be_changed(self, now: datetime) -> bool:
        """Whether it is still to take place, or takes place, at this moment."""
        return self.status is CohortStatus.ANNOUNCED and now < self.is_over_at

    def takes_registrations(self, now: datetime) -> bool:
        """Whether somebody may register at this moment."""
        return self.status is CohortStatus.ANNOUNCED and now < self.closes_at


@dataclass(frozen=True, slots=True)
class Taken:
    """Places that are taken, of the whole and of each group, and the groups that anybody has chosen."""

    places: int = 0
    by_group: Mapping[UUID, int] = field(default_factory=dict)
    chosen: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Change:
    """What a gathering was and became, and why where that was asked. `made_by` is the id of whoever changed it."""

    before: Cohort
    after: Cohort
    reason: str | None
    made_by: str
    made_at: datetime

    @property
    def moves(self) -> bool:
        """Whether it takes place on other days, at other hours, by another clock or elsewhere."""
        return _when_and_where(self.before) != _when_and_where(self.after)

    @property
    def renamed(self) -> Mapping[UUID, tuple[str, str]]:
        """The groups that are called otherwise: what they were called, and what they are called now."""
        was = {group.id: group.name for group in self.before.groups}
        return {
            group.id: (was[group.id], group.name)
            for group in self.after.groups
            if group.id in was and was[group.id] != group.name
        }


def _when_and_where(cohort: Cohort) -> tuple[object, ...]:
    return cohort.starts_on, cohort.ends_on, cohort.begins, cohort.ends, cohort.zone, cohort.venue
