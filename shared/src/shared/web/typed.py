"""Carries what a person typed into a form through error pages and the sign-in page, so that it is not lost.

Nothing is stored on the server. Only a form that a page of ours has shown is carried, and it is shown again only to the
person to whom it was shown: the form's token names them.
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
"""The names of fields that the page fills in itself begin so. A field `version` is the page's own, too."""
AGAIN = "_again"
"""A form with this field is not carried out, only shown again as it was typed."""
ACTION, SHOWN, PREFIX = "_action", "_shown", "_typed."
"""Fields of the sign-in page's form that carry another form: its action, its token, and its fields."""
FROM = "_from"
"""The field in which a form that has come back carries the address of its page, where that had a query."""
BOXES = "_boxes"
"""The field in which a form names each group of checkboxes, since a browser sends nothing for a group without a
tick."""
MOST_CARRIED = 240 * 1024
"""Most bytes of another form that the sign-in page carries; the limit of a request's body is only a little higher."""
TAKEN = "_taken"
"""The field by which the browser's script, which keeps what is typed, will know that this submission was accepted.

A form that goes on with the content of another submission carries the other's value, too.
"""
TAKEN_COOKIE, SIGNED_OUT_COOKIE = "praksis_taken_", "praksis_signed_out"
"""Cookies that tell the page's own script what it may forget; so they are not HttpOnly.

Each submission has its own cookie, whose name begins with the first one: two tabs may send at once.
"""
_MOST_SENDINGS = 2
_NOT_CARRIED = frozenset({FIELD, AGAIN, FROM})
_SENDING = re.compile(r"[a-z0-9-]{1,50}")


@dataclass(frozen=True, slots=True)
class Typed:
    """A form as it was sent: its action, its fields in order, and the token that it was shown with."""

    action: str
    fields: tuple[tuple[str, str], ...]
    token: str
    page: str | None = None
    """The address of the page on which it was filled in."""

    @property
    def values(self) -> Values:
        """The typed values by field name; of a group of checkboxes always a list, perhaps an empty one."""
        values: dict[str, list[str]] = {}
        for name, value in self.fields:
            if is_typed(name):
                values.setdefault(name, []).append(value)
        boxes = {value for name, value in self.fields if name == BOXES}
        values |= {name: [] for name in boxes - values.keys()}
        return {name: each[0] if len(each) == 1 and name not in boxes else each for name, each in values.items()}

    @property
    def stood(self) -> str | None:
        """The marks of the values that the form was shown with, or None where its page gives none."""
        return dict(self.fields).get(STOOD)

    def said(self, name: str) -> str:
        """The value of one of the page's own fields, or an empty text."""
        return dict(self.fields).get(name, "")

    def without(self, names: Container[str]) -> "Typed":
        """The form without these fields."""
        kept = (each for each in self.fields if each[0] not in names and not (each[0] == BOXES and each[1] in names))
        return replace(self, fields=tuple(kept))

    @property
    def words(self) -> list[str]:
        """The typed texts of several words, to be copied where the form cannot be shown."""
        anew = written_anew(self.values, self.stood).values()
        return [each for texts in anew for each in texts if any(sign.isspace() for sign in each)]

    @property
    def is_small(self) -> bool:
        """Whether the sign-in page can carry the form: the body of a request is limited to 256 kB in all."""
        return len(urlencode([(f"{PREFIX}{name}", value) for name, value in self.fields])) <= MOST_CARRIED


def is_typed(name: str) -> bool:
    """Whether a person fills in a field of this name; the names of a page's own fields begin with `OWN`."""
    return name != "version" and not name.startswith(OWN)


def unticked(fields: Collection[tuple[str, object]]) -> frozenset[str]:
    """The groups of checkboxes in which nothing is ticked."""
    return frozenset(str(value) for name, value in fields if name == BOXES) - {name for name, _ in fields}


async def acknowledge(request: Request, response: Response) -> None:
    """Tell the browser's script that a form was accepted (its response is a redirect, or `take` was called): it may
    forget what was typed."""
    if response.status_code != 303 and not hasattr(request.state, "is_taken"):
        return
    for sending in (await form_of(request)).getlist(TAKEN)[:_MOST_SENDINGS]:
        if isinstance(sending, str) and _SENDING.fullmatch(sending):
            _tell(request, response, f"{TAKEN_COOKIE}{sending}")


def take(request: Request) -> None:
    """Note that the form was accepted although its response is no redirect."""
    request.state.is_taken = True


def forget_all(request: Request, response: Response) -> None:
    """Tell the browser's script that the person has signed out, and to forget all that they typed."""
    _tell(request, response, SIGNED_OUT_COOKIE)


def _tell(request: Request, response: Response, name: str) -> None:
    secure = kernel_of(request).over_tls
    response.set_cookie(name, "true", max_age=300, path="/", secure=secure, samesite="lax")


async def form_sent(request: Request) -> Typed:
    """The form that this request sends."""
    form = await form_of(request)
    texts = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    fields = tuple((name, value) for name, value in texts if name not in _NOT_CARRIED)
    return Typed(address_asked(request), fields, str(form.get(FIELD, "")), _filled_in_on(request, form))


async def carry(request: Request) -> None:
    """Keep the form of this request for the error page."""
    if not hasattr(request.state, "carried"):
        request.state.carried = await _carried(request)


def carried_by(request: Request) -> Typed | None:
    """The form that the response to this request carries, or None."""
    typed: Typed | None = getattr(request.state, "carried", None)
    return typed


def may_see(request: Request, typed: Typed) -> bool:
    """Whether the form was shown to the caller, or to a visitor who was not signed in."""
    return shown_to(request, typed.token) in (("visitor",), ("person", person_of(request)))


async def carried_through(request: Request) -> Typed | None:
    """The other form that the sign-in page's form, sent by this request, carries; or None."""
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
    """The page on which a form was filled in, from its own field or else from the Referer."""
    said = form.get(FROM)
    return local_path(said) if isinstance(said, str) else came_from(request)


def came_from(request: Request) -> str | None:
    """The page of this server that led here, from the Referer; or None."""
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
        return None  # an error answers this request anyhow
    return typed if typed.values and shown_to(request, typed.token) is not None else None
