"""The inside of a measured process: `python -m benchmarks.child`.

The task comes as one line of JSON on standard input, so that no password is in a command line; another line lets begin
what waits for that, and the end of the input asks the process to stop. What it has to tell goes to standard output, one
line of JSON each; all other talk to standard error.
"""

import asyncio
import cProfile
import json
import os
import resource
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.places import Place

STOP_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Task:
    """What one process is to do. `side` is a module of `benchmarks.sides` and a function in it."""

    side: str
    place: Place
    events: int
    options: Mapping[str, Any]
    profile: Path | None

    @classmethod
    def read(cls, line: str) -> "Task":
        told = json.loads(line)
        profile = Path(told["profile"]) if told["profile"] else None
        return cls(told["side"], Place(**told["place"]), told["events"], told["options"], profile)


@dataclass(frozen=True, slots=True)
class Outcome:
    """When the measured stretch began and ended, in seconds of the machine's monotonic clock; other figures by name."""

    began: float
    ended: float
    figures: Mapping[str, float] | None = None


class Parent:
    """The process that has started this one."""

    def __init__(self) -> None:
        self._lines = os.fdopen(os.dup(1), "w")
        os.dup2(2, 1)  # whatever a library prints must not be taken for our words
        self.go = asyncio.Event()
        self.stop = asyncio.Event()

    def listen(self) -> None:
        """Set `go` when the parent says so, and `stop` when it closes our input, or is gone."""
        asyncio.get_running_loop().add_reader(0, self._read)

    def ready(self) -> None:
        """Say that the process is ready for what others will do."""
        self.tell({"ready": True})

    def tell(self, words: Mapping[str, Any]) -> None:
        self._lines.write(json.dumps(words) + "\n")
        self._lines.flush()

    def _read(self) -> None:
        if os.read(0, 1024):
            self.go.set()
        else:
            asyncio.get_running_loop().remove_reader(0)
            self.stop.set()


Side = Callable[[Task, Parent], Awaitable[Outcome]]


def main() -> None:
    """Do the task and tell its outcome; an error ends the process with its traceback."""
    parent = Parent()
    task = Task.read(sys.stdin.readline())
    outcome = asyncio.run(_play(task, parent))
    parent.tell(
        {"began": outcome.began, "ended": outcome.ended, "figures": dict(outcome.figures or {}), "peak": peak_of()}
    )


async def _play(task: Task, parent: Parent) -> Outcome:
    parent.listen()
    module, _, name = task.side.partition(".")
    side: Side = getattr(import_module(f"benchmarks.sides.{module}"), name)
    with _profiled(task.profile):
        playing = asyncio.ensure_future(side(task, parent))
        stopping = asyncio.create_task(parent.stop.wait())
        await asyncio.wait((playing, stopping), return_when=asyncio.FIRST_COMPLETED)
        if stopping.done():
            return await asyncio.wait_for(playing, STOP_SECONDS)
        stopping.cancel()
        return await playing


@contextmanager
def _profiled(file: Path | None) -> Iterator[None]:
    """Keep a profile of what runs meanwhile, without the imports before it; nothing where there is no file."""
    if file is None:
        yield
        return
    with cProfile.Profile() as profile:
        yield
    profile.dump_stats(file)


def peak_of(process: int | str = "self") -> float:
    """The peak memory of a process in MiB. The kernel's other count may hold that of the parent."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except FileNotFoundError:
        if process != "self":
            raise
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main()
