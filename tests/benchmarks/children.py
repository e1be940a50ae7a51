"""Measured processes, seen from the one that starts them."""

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from benchmarks.child import STOP_SECONDS, Outcome
from benchmarks.places import Place
from benchmarks.plan import PEERS, log_file

from local.records import kill_group
from local.state import CHECKOUT


class ChildFailed(Exception):
    """A measured process has ended, or has not come to its end; the message holds the end of what it said."""


class Child:
    """One measured process, from its start to its outcome. Leaving its context ends whatever is left of it."""

    def __init__(
        self, name: str, side: str, place: Place, events: int, *, profile: Path | None = None, peers: bool = False,
        **options: Any,
    ) -> None:  # fmt: skip
        self.name = name
        self.peak = 0.0
        self._log = log_file(name)
        self._task = {
            "side": side,
            "place": place.to_json(),
            "events": events,
            "options": options,
            "profile": str(profile) if profile else None,
        }
        self._lines: queue.Queue[str | None] = queue.Queue()
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=CHECKOUT,
                env=_environment(peers),
                start_new_session=True,  # a Ctrl-C is for the parent, which then ends us
                text=True,
            )
        threading.Thread(target=self._listen, daemon=True).start()

    def __enter__(self) -> "Child":
        self._tell(json.dumps(self._task))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            kill_group(self._process.pid)
        self._process.wait()

    def wait_ready(self, seconds: float = 60.0) -> None:
        """Wait until it says that it is ready. Raises ChildFailed."""
        self._next(seconds)

    def go(self) -> None:
        """Let begin what waits for the word."""
        self._tell("go")

    def require_unharmed(self) -> None:
        """Raises ChildFailed when it has ended before its work was done."""
        if self._process.poll():
            raise self._failed(f"has ended by itself (status {self._process.returncode})")

    def outcome(self, seconds: float, beside: Sequence["Child"] = ()) -> Outcome:
        """What it has come to, by itself. Raises ChildFailed when it or another fails, or when it takes too long."""
        told = self._next(seconds, beside)
        while "peak" not in told:
            told = self._next(seconds, beside)
        self.peak = told["peak"]
        return Outcome(told["began"], told["ended"], told["figures"])

    def stop(self) -> Outcome:
        """Ask it to stop, and return its outcome. Raises ChildFailed."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        return self.outcome(STOP_SECONDS + 10)

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # it has ended already: whoever waits for it is told
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()

    def _next(self, seconds: float, beside: Sequence["Child"] = ()) -> dict[str, Any]:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                line = self._lines.get(timeout=1)
            except queue.Empty:
                for other in beside:
                    other.require_unharmed()
                continue
            if line is None:
                raise self._failed(f"has ended by itself (status {self._process.wait()})")
            told: dict[str, Any] = json.loads(line)
            return told
        raise self._failed(f"was not done within {seconds:.0f} seconds")

    def _failed(self, what: str) -> ChildFailed:
        lines = self._log.read_text(errors="replace").splitlines()[-25:]
        return ChildFailed(
            f"{self.name} {what}. The end of what it said, in {self._log.relative_to(CHECKOUT)}:\n" + "\n".join(lines)
        )

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put(None)


def _environment(peers: bool) -> dict[str, str]:
    """Ours, without an exporter of traces, which would be measured too; with the peers' packages for peers alone."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    paths = [str(CHECKOUT / "tests"), *([str(PEERS)] if peers else []), *filter(None, [os.environ.get("PYTHONPATH")])]
    return kept | {"PYTHONPATH": os.pathsep.join(paths), "PYTHONUNBUFFERED": "1"}
