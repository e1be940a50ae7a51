"""Checks whether the events of each subject come in the order of their sequence numbers.

They do not where the service received them in another order: some were purged from a queue and came later by a replay.
"""

from shared.events.failures import Subject
from shared.events.journal import Noted


class OutOfOrder(Exception):
    """An event has a lower sequence number than an earlier one of its subject."""


class Order:
    """The highest sequence number so far of each subject."""

    def __init__(self) -> None:
        self._highest: dict[Subject, int] = {}

    def is_kept_by(self, event: Noted) -> bool:
        """Note an event, and return whether no earlier one of its subject had a higher number."""
        highest = self._highest.get(event.of, 0)
        self._highest[event.of] = max(highest, event.sequence)
        return event.sequence >= highest
