"""The one clock of a process: real, simulated for a story, or fixed for a test."""

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

    The file is read whenever it has changed; a missing file is an offset of nothing.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._changed = -1
        self._offset = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._current_offset()

    def move_to(self, instant: datetime) -> None:
        """Move the time forward to `instant`; a time already passed is left alone, since time never goes back."""
        now = self.now()
        if instant > now:
            offset = self._offset + (instant - now)
            replacement = self._file.with_suffix(".next")
            replacement.write_text(f"{offset.total_seconds()}\n", encoding="ascii")
            replacement.replace(self._file)

    def _current_offset(self) -> timedelta:
        try:
            changed = self._file.stat().st_mtime_ns
        except FileNotFoundError:
            return timedelta()
        if changed != self._changed:
            self._offset = timedelta(seconds=float(self._file.read_text(encoding="ascii")))
            self._changed = changed
        return self._offset


class FixedClock:
    """A clock for tests that stands still until it is set."""

    def __init__(self, instant: datetime) -> None:
        self.instant = instant

    def now(self) -> datetime:
        return self.instant
