"""Applies the rate limit for guesses to a request; see `shared.web.guesses`."""

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
    """The block uses a secret that the client sent, if it sent one.

    A wrong secret is recognised by the refusal `wrong`, or else by `NotFound`, and is counted. Raises 429
    `too-many-requests` before the block for a client that has sent too many wrong ones.
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
