"""What somebody typed into a form, and how it is carried through the pages that say that it was not taken.

It is kept nowhere here. Only what was typed into a form that we have shown is carried, and it is shown again to nobody
but the person to whom the form was shown: the form's token names them.
"""

import re
from collections.abc import Collection, Container
from dataclasses import dataclass, replace
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
from shared.web.standing import STOOD, Values, written_anew

OWN = "_"
"""So begins the name of a field that the page fills in, and nobody else. A `version` is no less the page's own."""
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
_NOT_CARRIED = frozenset({FIELD, AGAIN, FROM})
_SENDING = re.compile(r"[a-z0-9-]{1,50}")


@dataclass(frozen=True, slots=True)
class Typed:
    """A form as it was sent: where it goes, its fields in their order, and the token that it was shown with."""

    action: str
    fields: tuple[tuple[str, str], ...]
    token: str
    page: str | None = None
    """The page on which it was filled in."""

    @property
    def values(self) -> Values:
        """What was typed, by the names of the fields; of a group of boxes always a list, be it empty."""
        values: dict[str, list[str]] = {}
        for name, value in self.fields:
            if is_typed(name):
                values.setdefault(name, []).append(value)
        boxes = {value for name, value in self.fields if name == BOXES}
        values |= {name: [] for name in boxes - values.keys()}
        return {name: each[0] if len(each) == 1 and name not in boxes else each for name, each in values.items()}

    @property
    def stood(self) -> str | None:
        """The marks of what it was shown with, where its page gives any."""
        return dict(self.fields).get(STOOD)

    def said(self, name: str) -> str:
        """What one of the page's own fields says, if anything."""
        return dict(self.fields).get(name, "")

    def without(self, names: Container[str]) -> "Typed":
        """The form without these fields."""
        kept = (each for each in self.fields if each[0] not in names and not (each[0] == BOXES and each[1] in names))
        return replace(self, fields=tuple(kept))

    @property
    def words(self) -> list[str]:
        """What was typed at some length, to be copied where the form cannot be shown."""
        anew = written_anew(self.values, self.stood).values()
        return [each for texts in anew for each in texts if any(sign.isspace() for sign in each)]

    @property
    def is_small(self) -> bool:
        """Whether the sign-in page can carry it: what is sent there has at most 256 kB, with what else is in it."""
        return len(urlencode([(f"{PREFIX}{name}", value) for name, value in self.fields])) <= MOST_CARRIED


def is_typed(name: str) -> bool:
    """Whether somebody fills a field of this name in; a page says so of those that it fills in itself."""
    return name != "version" and not name.startswith(OWN)


def unticked(fields: Collection[tuple[str, object]]) -> frozenset[str]:
    """The groups of boxes in which nothing is ticked."""
    return frozenset(str(value) for name, value in fields if name == BOXES) - {name for name, _ in fields}


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


async def form_sent(request: Request) -> Typed:
    """The form that this request is."""
    form = await form_of(request)
    texts = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    fields = tuple((name, value) for name, value in texts if name not in _NOT_CARRIED)
    return Typed(address_asked(request), fields, str(form.get(FIELD, "")), _filled_in_on(request, form))


async def carry(request: Request) -> None:
    """Take up what was typed, for the page that will say that it was not taken."""
    if not hasattr(request.state, "carried"):
        request.state.carried = await _carried(request)


def carried_by(request: Request) -> Typed | None:
    """What the page that answers this request is to carry, if anything."""
    typed: Typed | None = getattr(request.state, "carried", None)
    return typed


def may_see(request: Request, typed: Typed) -> bool:
    """Whether the form was shown to the caller, or to somebody who had not signed in."""
    return shown_to(request, typed.token) in (("visitor",), ("person", person_of(request)))


async def carried_through(request: Request) -> Typed | None:
    """What the form of the sign-in page, which this request is, carries of another form."""
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


def _filled_in_on(request: Request, form: FormData) -> str | None:
    """The page on which a form was filled in, as it says itself, or else the browser."""
    said = form.get(FROM)
    return local_path(said) if isinstance(said, str) else came_from(request)


def came_from(request: Request) -> str | None:
    """The page that led here, as the browser says: of this server, or nothing."""
    page = urlsplit(request.headers.get("Referer", ""))
    if not page.netloc or page.netloc not in (request.headers.get("Host"), request.scope.get(ASKED_FOR)):
        return None
    return local_path(f"{page.path}?{page.query}" if page.query else page.path)


async def _carried(request: Request) -> Typed | None:
    is_form = request.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded")
    is_page = getattr(request.scope.get("route"), "is_page", False)
    if request.method != "POST" or not is_page or not is_form or not prefers_page(request) or is_live(request):
        return None
    try:
        typed = await form_sent(request)
    except (Problem, HTTPException):
        return None  # it is refused already, or will be
    return typed if typed.values and shown_to(request, typed.token) is not None else None
