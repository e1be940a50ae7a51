"""Wrong names, links and codes, counted by where they come from: whoever tries many has to wait.

What is asked for cannot be guessed; this keeps people from trying, and says that they do. It is kept in memory, by each
process for itself, so that a guess costs nothing that others need.
"""

from datetime import datetime, timedelta

from shared.limits import Limit, once_more

WRONG = Limit("wrong guesses by a source", 30, timedelta(hours=1))
MOST_SOURCES = 10_000
"""Sources that are remembered; of more, those that have guessed last."""


class Guesses:
    """How much each source has left."""

    def __init__(self) -> None:
        self._clear_at: dict[str, datetime] = {}

    def check(self, source: str, now: datetime) -> datetime:
        """When nothing counts any more after one more wrong guess. Raises `TooOften` where there is none left."""
        return once_more(WRONG, self._clear_at.get(source, now), now)

    def count(self, source: str, now: datetime) -> None:
        """Remember a wrong guess."""
        after = self.check(source, now)
        self._clear_at.pop(source, None)
        self._clear_at[source] = after
        if len(self._clear_at) > MOST_SOURCES:
            del self._clear_at[next(iter(self._clear_at))]
