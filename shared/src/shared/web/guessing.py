"""A request that may be a guess; see `shared.web.guesses`."""

from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import Request

from shared.errors import NotFound, Refused, Text
from shared.limits import TooOften
from shared.strangers import too_often
from shared.web.kernel import kernel_of
from shared.web.security import tell_of_guess
from shared.web.strangers import network_of


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
