"""How far back a service remembers which events it has had: exactly once holds as far as that, and no further.

The record of a received event is kept for longer than this, counted from a later moment than that at which the event
happened (`RetentionSettings.received_months`). So what is younger has its record, if it has come before.
"""

from datetime import datetime

from shared.events.envelope import Envelope
from shared.settings import REPLAY_WINDOW


class TooOld(Exception):
    """The event is older than the memory of what has been received: nobody can tell whether it has been had."""


def remembered_since(now: datetime) -> datetime:
    """What happened before this moment may have been had and forgotten."""
    return now - REPLAY_WINDOW


def require_remembered(envelope: Envelope, since: datetime | None) -> None:
    """Raise `TooOld` for an event from before this moment; without one, everything is remembered."""
    if is_too_old(envelope, since):
        raise TooOld


def is_too_old(envelope: Envelope, since: datetime | None) -> bool:
    """Whether the event happened before this moment; without one, none did."""
    return since is not None and envelope.time < since
