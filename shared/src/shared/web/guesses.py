"""Wrong names, links and codes, counted by where they come from: whoever tries many has to wait.

What is asked for cannot be guessed; this keeps people from trying, and says that they do. It is kept in memory, by each
process for itself, so that a guess costs nothing that others need.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from fastapi import Request

from shared.errors import NotFound, Refused, Text
from shared.limits import Limit, TooOften, once_more
from shared.strangers import too_often
from shared.web.kernel import kernel_of
from shared.web.security import tell_of_guess
from shared.web.strangers import network_of

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


@contextmanager
def guessing(request: Request, secret: object, wrong: str | None = None) -> Iterator[None]:
    """Something is done with a secret that somebody has sent, if they have sent one.

    That it is wrong is said by the refusal `wrong`, or else by whatever is not found. Raises 429 `too-many-requests`
    for whoever has sent many that were, before it is looked at.
    """
    if not secret:
        yield
        return
    guesses, source, now = kernel_of(request).guesses, network_of(request), kernel_of(request).clock.now()
    try:
        guesses.check(source, now)
    except TooOften as often:
        raise too_often(often, _TOO_MANY) from None
    try:
        yield
    except Refused as refused:
        if refused.slug == wrong if wrong else isinstance(refused, NotFound):
            tell_of_guess(request, refused.slug)
            guesses.count(source, now)
        raise


_TOO_MANY = Text(
    "From where you are, so many names, links or codes have been tried that were wrong that you have to wait {minutes}"
    " minutes."
)
