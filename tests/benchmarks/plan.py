"""What is to be measured, and how often."""

import re
from dataclasses import dataclass
from pathlib import Path

from local.state import CHECKOUT

FOLDER = CHECKOUT / "build" / "bench"
"""Servers, their data and passwords; wiped before and after every run."""
LOGS = CHECKOUT / "build" / "bench-log"
"""What each measured process said, of the last run."""
PEERS = CHECKOUT / "build" / "bench-peers"
"""Packages that only the peers' processes see."""
RESULTS = CHECKOUT / "build" / "bench.json"


@dataclass(frozen=True, slots=True)
class Plan:
    """`events` per run, `runs` per side, and the names of the measures. A profiled run has no peers: it is slower."""

    events: int
    runs: int
    measures: tuple[str, ...]
    profiled: bool = False

    @property
    def longest(self) -> float:
        """Seconds that one side may take before it counts as failed: fifty events a second, and a minute."""
        return 60 + self.events / 50


def profile_file(name: str) -> Path:
    """Where the profile of one of our processes is kept."""
    return RESULTS.with_name(f"bench-{_as_file_name(name)}.prof")


def log_file(name: str) -> Path:
    """Where what a process says is kept."""
    return LOGS / f"{_as_file_name(name)}.log"


def _as_file_name(name: str) -> str:
    return re.sub("[^A-Za-z0-9]+", "-", name)
