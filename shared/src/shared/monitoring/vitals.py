"""What a worker knows of itself, asked when it is needed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Vitals:
    """Small probes into the relay and the inbox of this process; they answer at once and never raise."""

    relay_leads: Callable[[], bool]
    """Whether this process's relay holds the lead."""
    consumes: Callable[[], bool]
    """Whether this process's own consumers are registered with the broker."""
    queues: Callable[[], Sequence[str]]
    """The queues that the service's events come by; empty while it is not known which."""
