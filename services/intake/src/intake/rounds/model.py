"""A round of applications to a programme."""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from uuid import UUID

from shared.days import add_days, moment_of


class Zone(StrEnum):
    """Whose clock a deadline is read from."""

    COPENHAGEN = "Europe/Copenhagen"
    NUUK = "America/Nuuk"


@dataclass(frozen=True, slots=True)
class Extension:
    """A later deadline than was announced, and why. `given_by` is the id of whoever gave it."""

    was: date
    deadline: date
    reason: str
    given_by: str
    given_at: datetime


@dataclass(frozen=True, slots=True)
class LateEntry:
    """The right of one municipality to apply once after the deadline of a round, for whoever knows its code."""

    id: UUID
    round_id: UUID
    municipality: str
    given_by: str
    given_at: datetime


REMINDED_BEFORE = 7
"""Calendar days before a deadline on which whoever still writes is reminded of it."""
IN_THE_MORNING = time(8)
"""When people are written to: they read what comes in the morning."""


@dataclass(frozen=True, slots=True)
class Round:
    """Open from the first second of `opens_on` to the last second of `deadline`, both local dates in `zone`.

    `version` rises with every change, so that nobody extends what has changed meanwhile.
    """

    id: UUID
    programme: str
    opens_on: date
    deadline: date
    zone: Zone
    extensions: tuple[Extension, ...] = ()
    version: int = 1

    @property
    def opens_at(self) -> datetime:
        """The first moment at which an application is taken."""
        return midnight(self.opens_on, self.zone)

    @property
    def closes_at(self) -> datetime:
        """The first moment at which no application is taken any more: the midnight that ends the deadline."""
        return midnight(add_days(self.deadline, 1), self.zone)

    @property
    def reminds_at(self) -> datetime:
        """When those who still write are reminded; the round may have been announced later than that."""
        return morning(add_days(self.deadline, -REMINDED_BEFORE), self.zone)


def morning(day: date, zone: str) -> datetime:
    """When people are written to on a local date, whether or not the clocks change on it."""
    return moment_of(day, IN_THE_MORNING, zone)


def midnight(day: date, zone: Zone) -> datetime:
    """The first moment of a local date."""
    return moment_of(day, time(), zone)
