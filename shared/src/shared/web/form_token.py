"""The hidden token of every form: proof that the form was shown by us, in this session."""

import secrets
from datetime import timedelta
from hashlib import sha256

from fastapi import Request, Response
from itsdangerous import BadData, URLSafeTimedSerializer

from shared.errors import Problem
from shared.web.access import session_of
from shared.web.cookies import cookie_of, keep_cookie
from shared.web.kernel import kernel_of

FIELD = "_csrf"
VISITOR_COOKIE = "praksis_visitor"
_LIFETIME = timedelta(hours=12)


def form_token(request: Request) -> str:
    """A token for a form in the page that this request is answered with."""
    return str(_serializer(request).dumps(_owner(request)))


async def check_form_token(request: Request) -> None:
    """Raise 403 `form-token-invalid` unless the form carries a token of this session or visitor."""
    token = (await request.form()).get(FIELD)
    try:
        owner = _serializer(request).loads(str(token), max_age=int(_LIFETIME.total_seconds()))
    except BadData:
        owner = None
    known = _known_owner(request)
    if known is None or not isinstance(owner, str) or not secrets.compare_digest(owner.encode(), known.encode()):
        raise Problem("form-token-invalid", 403)


def remember_visitor(request: Request, response: Response) -> None:
    """Give somebody who has not signed in the cookie that the token of their form is bound to."""
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


def _serializer(request: Request) -> URLSafeTimedSerializer:
    secret = kernel_of(request).settings.session_secret.get_secret_value()
    return URLSafeTimedSerializer(secret, salt="praksis-form", signer_kwargs={"digest_method": sha256})
