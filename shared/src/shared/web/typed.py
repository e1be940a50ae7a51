"""What somebody typed into a form that was not taken: carried through the pages that say so, and kept nowhere here.

Only what was typed into a form that we have shown is carried, and it is shown again to nobody but the person to whom
the form was shown: the form's token names them.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from fastapi import Request, Response
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from shared.errors import Problem
from shared.web.form_token import FIELD, person_of, shown_to
from shared.web.hosts import ASKED_FOR
from shared.web.kernel import kernel_of
from shared.web.local_paths import address_asked, local_path
from shared.web.media_types import is_live, prefers_page
from shared.web.sent_form import form_of

AGAIN = "_again"
"""A form that carries this is not to be done, only to be shown again as it was typed."""
ACTION, SHOWN, PREFIX = "_action", "_shown", "_typed."
"""What the form of the sign-in page carries of another one: where that goes, its token, and its fields."""
FROM = "_from"
"""What a form that has come back says of the page on which it was filled in, where that was narrowed by its address."""
BOXES = "_boxes"
"""What a form says of each group of boxes in it, since a browser says nothing of those without a tick."""
MOST_CARRIED = 240 * 1024
"""Bytes of another form that the sign-in page carries; what is sent to it may be little more."""
TAKEN = "_taken"
"""By what the browser that keeps what is typed will know that this sending of a form has been taken.

A form that goes on with what another one was sent with carries that one's, too.
"""
TAKEN_COOKIE, SIGNED_OUT_COOKIE = "praksis_taken_", "praksis_signed_out"
"""By these the page's own script is told what it may forget, so they are not hidden from it.

Each sending has a cookie of its own, with which the first name goes on: two tabs may send at once.
"""
_MOST_SENDINGS = 2
_OF_ONE_SENDING = frozenset({FIELD, AGAIN, TAKEN, FROM})
_SENDING = re.compile(r"[a-z0-9-]{1,50}")
_NEVER_TYPED = frozenset({"version", "token", "page", "next", "settled", "given_up", "anyway", "seen"})


@dataclass(frozen=True, slots=True)
class Typed:
    """A form as it was sent: where it goes, its fields in their order, and the token that it was shown with."""

    action: str
    fields: tuple[tuple[str, str], ...]
    token: str
    page: str | None = None
    """The page on which it was filled in."""

    @property
    def words(self) -> list[str]:
        """What was typed at some length, to be copied where the form cannot be shown."""
        return [value for name, value in self.fields if is_typed(name) and any(sign.isspace() for sign in value)]

    @property
    def is_small(self) -> bool:
        """Whether the sign-in page can carry it: what is sent there has at most 256 kB, with what else is in it."""
        return len(urlencode([(f"{PREFIX}{name}", value) for name, value in self.fields])) <= MOST_CARRIED


def is_typed(name: str) -> bool:
    """Whether somebody fills a field of this name in, and not the page that shows it."""
    return name not in _NEVER_TYPED and not name.startswith(("_", "seen."))


def unticked(form: FormData) -> frozenset[str]:
    """The groups of boxes in which nothing is ticked."""
    return frozenset(name for name in form.getlist(BOXES) if isinstance(name, str)) - form.keys()


async def acknowledge(request: Request, response: Response) -> None:
    """Tell the browser that a form has been taken, which leads on: what it keeps of it can go."""
    if response.status_code != 303 and not hasattr(request.state, "is_taken"):
        return
    for sending in (await form_of(request)).getlist(TAKEN)[:_MOST_SENDINGS]:
        if isinstance(sending, str) and _SENDING.fullmatch(sending):
            _tell(request, response, f"{TAKEN_COOKIE}{sending}")


def take(request: Request) -> None:
    """Say that the form has been taken though its answer does not lead on."""
    request.state.is_taken = True


def forget_all(request: Request, response: Response) -> None:
    """Tell the browser that the person has signed out: it keeps nothing of what they typed."""
    _tell(request, response, SIGNED_OUT_COOKIE)


def _tell(request: Request, response: Response, name: str) -> None:
    secure = kernel_of(request).over_tls
    response.set_cookie(name, "true", max_age=300, path="/", secure=secure, samesite="lax")


async def remember_typed(request: Request) -> None:
    """Take up what was typed, for the page that will say that it was not taken."""
    if not hasattr(request.state, "carried"):
        request.state.carried = await _typed_in(request)


def typed_in(request: Request) -> Typed | None:
    """What was typed into the form that this request is, if there is any."""
    typed: Typed | None = getattr(request.state, "carried", None)
    return typed


def may_see(request: Request, typed: Typed) -> bool:
    """Whether the form was shown to the caller, or to somebody who had not signed in."""
    return shown_to(request, typed.token) in (("visitor",), ("person", person_of(request)))


async def carried_in(request: Request) -> Typed | None:
    """What the form of the sign-in page carries of another form."""
    form = await form_of(request)
    fields = [
        (name.removeprefix(PREFIX), value)
        for name, value in form.multi_items()
        if name.startswith(PREFIX) and isinstance(value, str)
    ]
    action, token, page = form.get(ACTION), form.get(SHOWN), form.get("next")
    if not isinstance(action, str) or not isinstance(token, str) or not fields:
        return None
    return Typed(local_path(action), tuple(fields), token, local_path(page) if isinstance(page, str) else None)


def filled_in_on(request: Request, form: FormData) -> str | None:
    """The page on which a form was filled in, as it says itself, or else the browser."""
    said = form.get(FROM)
    return local_path(said) if isinstance(said, str) else came_from(request)


def came_from(request: Request) -> str | None:
    """The page that led here, as the browser says: of this server, or nothing."""
    page = urlsplit(request.headers.get("Referer", ""))
    if not page.netloc or page.netloc not in (request.headers.get("Host"), request.scope.get(ASKED_FOR)):
        return None
    return local_path(f"{page.path}?{page.query}" if page.query else page.path)


async def _typed_in(request: Request) -> Typed | None:
    is_form = request.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded")
    is_page = getattr(request.scope.get("route"), "is_page", False)
    if request.method != "POST" or not is_page or not is_form or not prefers_page(request) or is_live(request):
        return None
    try:
        form = await form_of(request)
    except (Problem, HTTPException):
        return None  # it is refused already, or will be
    token = form.get(FIELD)
    texts = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    fields = [(name, value) for name, value in texts if name not in _OF_ONE_SENDING]
    is_filled_in = any(is_typed(name) or name == BOXES for name, _ in fields)
    if not isinstance(token, str) or shown_to(request, token) is None or not is_filled_in:
        return None
    return Typed(address_asked(request), tuple(fields), token, filled_in_on(request, form))
