"""Records of running processes, so that what a killed run left behind is recognised and ended at the next start."""

import json
import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True)
class Record:
    """A process known beyond its number: numbers are used again, a number with a start time since boot is not."""

    pid: int
    born: str
    boot: str

    @classmethod
    def of(cls, pid: int) -> "Record":
        """The record of a process that runs now (or has ended and was not yet waited for)."""
        return cls(pid, _birth(pid), _BOOT.read_text().strip())

    @classmethod
    def read(cls, file: Path) -> "Record | None":
        """The record in a file; None if there is none or it cannot be understood."""
        try:
            return cls(**json.loads(file.read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def write(self, file: Path) -> None:
        """Keep the record in a file."""
        file.write_text(json.dumps({"pid": self.pid, "born": self.born, "boot": self.boot}) + "\n")

    def runs(self) -> bool:
        """Whether that very process is still there."""
        return self.boot == _BOOT.read_text().strip() and self.born != "" and _birth(self.pid) == self.born


def end_leftover(file: Path, stop_signal: signal.Signals = signal.SIGTERM, seconds: float = 10.0) -> bool:
    """End the process that a record names, if it still runs, and remove the record; whether there was one to end."""
    record = Record.read(file)
    found = record is not None and record.runs()
    if record is not None and found:
        _signal(record.pid, stop_signal)
        deadline = time.monotonic() + seconds
        while record.runs() and time.monotonic() < deadline:
            time.sleep(0.05)
        kill_group(record.pid) if record.runs() else None
    file.unlink(missing_ok=True)
    return found


def kill_group(leader: int) -> None:
    """Kill a process group by its leader's number."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def _signal(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def _birth(pid: int) -> str:
    """When a process started, in ticks since boot; empty when there is none, or only its corpse."""
    try:
        # The second field, the command's name in parentheses, may itself hold spaces and parentheses.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return "" if fields[0] in "ZX" else fields[19]
