"""A round of applications to a programme."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo


class Zone(StrEnum):
    """Whose clock a deadline is read from."""

    COPENHAGEN = "Europe/Copenhagen"
    NUUK = "America/Nuuk"


@dataclass(frozen=True, slots=True)
class Round:
    """Open from the first second of `opens_on` to the last second of `deadline`, both local dates in `zone`."""

    id: UUID
    programme: str
    opens_on: date
    deadline: date
    zone: Zone

    @property
    def opens_at(self) -> datetime:
        """The first moment at which an application is taken."""
        return _midnight(self.opens_on, self.zone)

    @property
    def closes_at(self) -> datetime:
        """The first moment at which no application is taken any more: the midnight that ends the deadline."""
        return _midnight(self.deadline + timedelta(days=1), self.zone)


def _midnight(day: date, zone: Zone) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
