"""Cookies that only this host gets, and scripts never."""

from fastapi import Request, Response

from shared.web.kernel import kernel_of

HOST = "__Host-"
"""With this name a browser takes a cookie over TLS only, for this host alone: no neighbour can put one in its place."""


def cookie_name(request: Request, plain: str) -> str:
    """What a cookie is called here."""
    return f"{HOST}{plain}" if kernel_of(request).over_tls else plain


def cookie_of(request: Request, plain: str) -> str | None:
    """What the browser has kept, if anything."""
    return request.cookies.get(cookie_name(request, plain))


def keep_cookie(request: Request, response: Response, plain: str, value: str, max_age: int | None = None) -> None:
    """Let the browser keep something, for so many seconds or until it is closed."""
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
    """Let the browser forget it."""
    response.delete_cookie(
        cookie_name(request, plain), path="/", httponly=True, secure=kernel_of(request).over_tls, samesite="lax"
    )
