"""The CSRF token of every form: proves that a page of ours showed the form, in this session."""

import secrets
from datetime import timedelta
from hashlib import sha256
from typing import Literal

from fastapi import Request, Response
from itsdangerous import BadData, URLSafeTimedSerializer

from shared.errors import Problem
from shared.web.access import session_of
from shared.web.cookies import cookie_of, keep_cookie
from shared.web.kernel import kernel_of
from shared.web.sent_form import form_of

FIELD = "_csrf"
VISITOR_COOKIE = "praksis_visitor"
_LIFETIME = timedelta(hours=12)


def form_token(request: Request) -> str:
    """A token for a form in the page that answers this request."""
    return str(_serializer(request).dumps([_owner(request), person_of(request)]))


async def check_form_token(request: Request) -> None:
    """Raise 403 `form-token-invalid` unless the form carries a token of this session or visitor."""
    token = (await form_of(request)).get(FIELD)
    owner, _ = _read(request, str(token), _LIFETIME) or (None, None)
    known = _known_owner(request)
    if known is None or owner is None or not secrets.compare_digest(owner.encode(), known.encode()):
        raise Problem("form-token-invalid", 403)


def person_of(request: Request) -> str | None:
    """An opaque id of the caller, the same in every session; None for a visitor."""
    session = session_of(request)
    if session is None:
        return None
    return str(kernel_of(request).sessions.person_of(session.subject))


def shown_to(request: Request, token: str) -> tuple[Literal["visitor"]] | tuple[Literal["person"], str] | None:
    """To whom the form with this token was shown, in any session and however long ago; None if the token is not one of
    ours."""
    read = _read(request, token)
    if read is None:
        return None
    return ("visitor",) if read[1] is None else ("person", read[1])


def remember_visitor(request: Request, response: Response) -> None:
    """Set the cookie to which the form token of a visitor, who has not signed in, is bound."""
    visitor = getattr(request.state, "new_visitor", None)
    if visitor is not None:
        keep_cookie(request, response, VISITOR_COOKIE, visitor)


def _owner(request: Request) -> str:
    known = _known_owner(request)
    if known is not None:
        return known
    if not hasattr(request.state, "new_visitor"):
        request.state.new_visitor = secrets.token_urlsafe(16)
    return f"visitor:{request.state.new_visitor}"


def _known_owner(request: Request) -> str | None:
    session = session_of(request)
    if session is not None:
        return f"session:{session.id}"
    visitor = cookie_of(request, VISITOR_COOKIE)
    return f"visitor:{visitor}" if visitor else None


def _read(request: Request, token: str, lifetime: timedelta | None = None) -> tuple[str, str | None] | None:
    """The session or visitor to which a token is bound, and the person to whom its form was shown; None if it is not
    valid."""
    max_age = None if lifetime is None else int(lifetime.total_seconds())
    try:
        match _serializer(request).loads(token, max_age=max_age):
            case [str(owner), str() | None as person]:
                return owner, person
    except BadData:
        pass
    return None


def _serializer(request: Request) -> URLSafeTimedSerializer:
    secret = kernel_of(request).settings.session_secret.get_secret_value()
    return URLSafeTimedSerializer(secret, salt="praksis-form", signer_kwargs={"digest_method": sha256})
