"""Rate limiting by the generic cell rate algorithm: so many uses at once, and then again one by one, spread over a
time.

Only one moment is stored per key: when nothing that was counted counts any more. So there is no row per use, and it is
known exactly when the next use is possible.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` uses at once, and as many again within every `within`. `name` is part of the key under which it is
    counted."""

    name: str
    most: int
    within: timedelta

    @property
    def pause(self) -> timedelta:
        """The time after which one use no longer counts."""
        return self.within / self.most


class TooOften(Exception):
    """The limit has been reached; the next use is possible after `wait`."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__("the limit has been reached")
        self.wait = wait


def once_more(limit: Limit, clear_at: datetime, now: datetime) -> datetime:
    """The moment at which nothing counts any more after one more use now; `clear_at` is that moment without it.

    Raises `TooOften`.
    """
    after = max(_believed(limit, clear_at, now), now) + limit.pause
    if after > now + limit.within:
        raise TooOften(after - limit.within - now)
    return after


def times_counted(limit: Limit, clear_at: datetime, now: datetime) -> int:
    """How many uses count at present."""
    return max(0, -((now - _believed(limit, clear_at, now)) // limit.pause))


def _believed(limit: Limit, clear_at: datetime, now: datetime) -> datetime:
    """`clear_at`, or now where it lies further ahead than anything can have been counted: then a clock was ahead."""
    return clear_at if clear_at <= now + 2 * limit.within else now
