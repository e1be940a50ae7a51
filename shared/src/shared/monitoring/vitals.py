"""The state of a worker's relay and consumer, for the monitor."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Vitals:
    """Functions that read the state of this process; they return at once and never raise."""

    relay_leads: Callable[[], bool]
    """Whether this process's relay holds the lead."""
    consumes: Callable[[], bool]
    """Whether this process's own consumers are registered with the broker."""
    queues: Callable[[], Sequence[str]]
    """The queues that the service consumes; empty while that is not known."""
