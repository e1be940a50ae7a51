"""How often something may be done: so many times at once, and then again one by one, spread over a time.

It is the generic cell rate algorithm: of whoever does something only one moment is kept, that at which nothing of what
they have done counts any more. It takes no row per deed, and says exactly when the next one is possible.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` times at once, and as many again within every `within`. `name` is part of where it is counted."""

    name: str
    most: int
    within: timedelta

    @property
    def pause(self) -> timedelta:
        """What one time costs."""
        return self.within / self.most


class TooOften(Exception):
    """The limit has been reached; `wait` is how long it takes until the next time is possible."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__("the limit has been reached")
        self.wait = wait


def once_more(limit: Limit, clear_at: datetime, now: datetime) -> datetime:
    """When nothing counts any more after one more time now, where it would have been `clear_at` without it.

    Raises `TooOften`.
    """
    after = max(_believed(limit, clear_at, now), now) + limit.pause
    if after > now + limit.within:
        raise TooOften(after - limit.within - now)
    return after


def times_counted(limit: Limit, clear_at: datetime, now: datetime) -> int:
    """How much of the limit is used up, in times."""
    return max(0, -((now - _believed(limit, clear_at, now)) // limit.pause))


def _believed(limit: Limit, clear_at: datetime, now: datetime) -> datetime:
    """What lies far beyond all that can have been counted was counted by a clock that was ahead, and does not count."""
    return clear_at if clear_at <= now + 2 * limit.within else now
