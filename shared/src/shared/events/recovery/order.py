"""Tells whether the events of a subject are met in the order in which they were written.

They are not where the service has received them in another one: some were purged and came later.
"""

from shared.events.failures import Subject
from shared.events.journal import Noted


class OutOfOrder(Exception):
    """An event has a lower number than one of its subject that was met before it."""


class Order:
    """The highest number that has been met of each subject."""

    def __init__(self) -> None:
        self._highest: dict[Subject, int] = {}

    def is_kept_by(self, event: Noted) -> bool:
        """Note an event, and tell whether none of its subject with a higher number was met before."""
        highest = self._highest.get(event.of, 0)
        self._highest[event.of] = max(highest, event.sequence)
        return event.sequence >= highest
