"""The clock of a process: real, simulated for a story, or fixed for a test."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Tells the time as an aware UTC datetime."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class SimulatedClock:
    """The machine's clock moved by an offset in seconds that a file holds, so that processes share one simulated time.

    The file is read at every call; a missing one is an offset of 0. One process moves the time, any may read it.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def now(self) -> datetime:
        return datetime.now(UTC) + self._offset()

    def move_to(self, instant: datetime) -> None:
        """Move the time forward to `instant`; a time already passed is left alone, since time never goes back."""
        offset = self._offset()
        forward = instant - (datetime.now(UTC) + offset)
        if forward > timedelta():
            replacement = self._file.with_suffix(".next")
            replacement.write_text(f"{(offset + forward).total_seconds()}\n", encoding="ascii")
            replacement.replace(self._file)

    def _offset(self) -> timedelta:
        try:
            return timedelta(seconds=float(self._file.read_text(encoding="ascii")))
        except FileNotFoundError:
            return timedelta()


class FixedClock:
    """A clock for tests that stands still until it is set."""

    def __init__(self, instant: datetime) -> None:
        self.instant = instant

    def now(self) -> datetime:
        return self.instant
