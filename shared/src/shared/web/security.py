"""Security events for monitoring: each is counted and logged in one line, without personal data."""

from enum import StrEnum
from hashlib import sha256

import structlog
from fastapi import Request

from shared.errors import Problem
from shared.monitoring import numbers
from shared.web.access import credential_of, session_of
from shared.web.kernel import kernel_of

log = structlog.get_logger(__name__)


class Occurrence(StrEnum):
    """The kinds of security events."""

    SIGNED_IN = "signed-in"
    SIGN_IN_REFUSED = "sign-in-refused"
    SIGNED_OUT = "signed-out"
    SIGNED_OUT_EVERYWHERE = "signed-out-everywhere"
    SIGNED_OUT_BY_ANOTHER = "signed-out-by-another"
    NOT_SIGNED_IN = "not-signed-in"
    """401: the request came without a token."""
    SESSION_NOT_VALID = "session-not-valid"
    """401: the cookie or token is forged, revoked, expired, or of another audience or installation."""
    NOT_ALLOWED = "not-allowed"
    """403: a signed-in person lacks the role."""
    FORM_INVALID = "form-token-invalid"
    UNKNOWN_HOST = "unknown-host"
    GUESSED_WRONG = "guessed-wrong"
    """A link, a code, or a name at the sign-in was wrong."""
    TOO_OFTEN = "too-many-requests"
    """429: a source has sent too many of these, or asked for too many e-mails."""


_ORDINARY = frozenset((Occurrence.SIGNED_IN, Occurrence.SIGNED_OUT, Occurrence.NOT_SIGNED_IN))
_BY_SLUG = {
    "sign-in-failed": Occurrence.SIGN_IN_REFUSED,
    "form-token-invalid": Occurrence.FORM_INVALID,
    "unknown-host": Occurrence.UNKNOWN_HOST,
    "too-many-requests": Occurrence.TOO_OFTEN,
}


def tell(request: Request, occurrence: Occurrence) -> None:
    """Count the event, and log one line: its kind, the route, and a hash of the session's id."""
    numbers.security_event(kernel_of(request).database.service, occurrence)
    session = session_of(request)
    write = log.info if occurrence in _ORDINARY else log.warning
    write(
        "security",
        kind=occurrence.value,
        method=request.method,
        route=getattr(request.scope.get("route"), "path", None),  # the pattern, since a path may name a person
        session=sha256(session.id.bytes).hexdigest()[:12] if session else None,
    )


def tell_of_guess(request: Request, slug: str) -> None:
    """Report a wrong secret, unless the problem of this slug is reported by `tell_of` anyhow."""
    if slug not in _BY_SLUG:
        tell(request, Occurrence.GUESSED_WRONG)


def tell_of(request: Request, problem: Problem) -> None:
    """Report a problem that a request is answered with, if it is a security event."""
    occurrence = _BY_SLUG.get(problem.slug)
    if occurrence is None and problem.status == 401:
        shown = credential_of(request)[1]
        occurrence = Occurrence.SESSION_NOT_VALID if shown else Occurrence.NOT_SIGNED_IN
    elif occurrence is None and problem.status == 403:
        occurrence = Occurrence.NOT_ALLOWED
    if occurrence is not None:
        tell(request, occurrence)
