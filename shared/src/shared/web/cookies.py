"""HttpOnly cookies, bound to this host."""

from fastapi import Request, Response

from shared.web.kernel import kernel_of

HOST = "__Host-"
"""The prefix with which a browser accepts a cookie only over TLS and for this host alone, so that a sibling domain
cannot set it."""


def cookie_name(request: Request, plain: str) -> str:
    """The name of a cookie, with the prefix where people come over TLS."""
    return f"{HOST}{plain}" if kernel_of(request).over_tls else plain


def cookie_of(request: Request, plain: str) -> str | None:
    """The value of a cookie, or None."""
    return request.cookies.get(cookie_name(request, plain))


def keep_cookie(request: Request, response: Response, plain: str, value: str, max_age: int | None = None) -> None:
    """Set a cookie, for so many seconds or until the browser is closed."""
    response.set_cookie(
        cookie_name(request, plain),
        value,
        max_age=max_age,
        path="/",
        httponly=True,
        secure=kernel_of(request).over_tls,
        samesite="lax",
    )


def drop_cookie(request: Request, response: Response, plain: str) -> None:
    """Delete a cookie."""
    response.delete_cookie(
        cookie_name(request, plain), path="/", httponly=True, secure=kernel_of(request).over_tls, samesite="lax"
    )
