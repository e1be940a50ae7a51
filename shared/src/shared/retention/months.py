"""The months, in UTC, by which the log (table `event`) is partitioned, and which of them need a part or lose it."""

import calendar
import re
from collections.abc import Set
from dataclasses import dataclass
from datetime import UTC, datetime

PARTS_AHEAD = 3
"""For how many months ahead the log has its parts ready."""
_PART = re.compile(r"event_(\d{4})_(0[1-9]|1[0-2])", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month in UTC; `number` counts from 1."""

    year: int
    number: int

    @classmethod
    def of(cls, moment: datetime) -> "Month":
        """The month in which a moment lies. `moment` is aware."""
        utc = moment.astimezone(UTC)
        return cls(utc.year, utc.month)

    @classmethod
    def of_part(cls, name: str) -> "Month | None":
        """The month of a part of the log with this name, such as `event_2026_11`; None for other names."""
        found = _PART.fullmatch(name)
        return None if found is None else cls(int(found[1]), int(found[2]))

    @property
    def part(self) -> str:
        """The name of the month's part of the log."""
        return f"event_{self.year:04}_{self.number:02}"

    @property
    def begins(self) -> datetime:
        """The first moment of the month."""
        return datetime(self.year, self.number, 1, tzinfo=UTC)

    @property
    def ends(self) -> datetime:
        """The first moment after the month."""
        return self.plus(1).begins

    def plus(self, months: int) -> "Month":
        """The month so many months later, or earlier for a negative number."""
        year, number = divmod(self.year * 12 + self.number - 1 + months, 12)
        return Month(year, number + 1)


def months_before(moment: datetime, months: int) -> datetime:
    """The same day and time so many months earlier; the last day of that month where it has no such day."""
    utc, month = moment.astimezone(UTC), Month.of(moment).plus(-months)
    last = calendar.monthrange(month.year, month.number)[1]
    return utc.replace(year=month.year, month=month.number, day=min(utc.day, last))


def months_to_part(now: datetime, parted: Set[Month], unparted: Set[Month]) -> tuple[Month, ...]:
    """The months that need a part and have none: this one, the next ones, and those of events in the default part."""
    wanted = {Month.of(now).plus(ahead) for ahead in range(PARTS_AHEAD + 1)}
    return tuple(sorted((wanted | unparted) - parted))


def months_to_drop(now: datetime, parted: Set[Month], kept: int) -> tuple[Month, ...]:
    """The months that ended at least `kept` months ago."""
    return tuple(sorted(month for month in parted if month.ends <= months_before(now, kept)))
