"""Tells whether the events of a subject stand in the log in the order in which they were written.

They do not where the log has lost some and got them again later, or got new ones before it was filled again.
"""

from aio_pika.abc import AbstractConnection

from shared.events.envelope import Envelope, Malformed, decode
from shared.events.failures import Subject
from shared.events.handlers import Handlers
from shared.events.log_stream import FIRST, Entry, read_log_on
from shared.events.replay import wanted


class OutOfOrder(Exception):
    """An event has a lower number than one of its subject that was met before it."""


class Order:
    """The highest number that has been met of each subject."""

    def __init__(self) -> None:
        self._highest: dict[Subject, int] = {}

    def is_kept_by(self, envelope: Envelope) -> bool:
        """Note an event, and tell whether none of its subject with a higher number was met before."""
        highest = self._highest.get(subject_of(envelope), 0)
        self._highest[subject_of(envelope)] = max(highest, envelope.sequence)
        return envelope.sequence >= highest


async def subjects_out_of_order(broker: AbstractConnection, handlers: Handlers) -> set[Subject]:
    """Those of which a later event stands in the log before an earlier one, or one stands there twice."""
    order = Order()
    found: set[Subject] = set()
    async for entries in read_log_on(broker, FIRST):
        for entry in wanted(entries, handlers, FIRST):
            if (envelope := readable(entry)) is not None and not order.is_kept_by(envelope):
                found.add(subject_of(envelope))
    return found


def readable(entry: Entry) -> Envelope | None:
    """The event, if it is one: else it has had no effect on anybody."""
    try:
        return decode(entry.body)
    except Malformed:
        return None


def subject_of(envelope: Envelope) -> Subject:
    """What has an order of its own."""
    return envelope.source, envelope.subject
