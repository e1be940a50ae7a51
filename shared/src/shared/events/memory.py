"""How far back deduplication reaches: within this window a service knows every event that it has received.

The record of a received event is kept for longer than the window, counted from the time it was received, which is later
than the time it happened (`RetentionSettings.received_months`). So every event that happened within the window and was
received has its record. Exactly-once effect holds within the window only.
"""

from datetime import datetime

from shared.events.envelope import Envelope
from shared.settings import REPLAY_WINDOW


class TooOld(Exception):
    """The event is older than the deduplication window: the service cannot tell whether it has had its effect."""


def remembered_since(now: datetime) -> datetime:
    """The beginning of the deduplication window: the record of an earlier event may have been deleted."""
    return now - REPLAY_WINDOW


def require_remembered(envelope: Envelope, since: datetime | None) -> None:
    """Raise `TooOld` for an event that happened before `since`; with None, none is too old."""
    if is_too_old(envelope, since):
        raise TooOld


def is_too_old(envelope: Envelope, since: datetime | None) -> bool:
    """Whether the event happened before `since`; with None, none did."""
    return since is not None and envelope.time < since
