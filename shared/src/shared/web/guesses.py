"""Rate limit for wrong names, links and codes, counted by the network they come from (brute-force protection).

The secrets are too long to be guessed; the limit keeps people from trying, and makes attempts visible. It is counted in
memory, by each process for itself, so that a guess does not load the database.
"""

from datetime import datetime, timedelta

from shared.limits import Limit, once_more

WRONG = Limit("wrong guesses by a source", 30, timedelta(hours=1))
MOST_SOURCES = 10_000
"""Most networks that are remembered; those that guessed last are kept."""


class Guesses:
    """The rate limit's state for each network."""

    def __init__(self) -> None:
        self._clear_at: dict[str, datetime] = {}

    def check(self, source: str, now: datetime) -> datetime:
        """When nothing counts any more after one more wrong guess. Raises `TooOften` where the limit is reached."""
        return once_more(WRONG, self._clear_at.get(source, now), now)

    def count(self, source: str, now: datetime) -> None:
        """Count a wrong guess."""
        after = self.check(source, now)
        self._clear_at.pop(source, None)
        self._clear_at[source] = after
        if len(self._clear_at) > MOST_SOURCES:
            del self._clear_at[next(iter(self._clear_at))]
