"""Brings a refused form back: its page as it is now, the reason of the refusal, and what was typed.

Another person may have decided, changed or closed something meanwhile. Whatever an endpoint raises then, no typed value
is thrown away: fields that still exist hold it, and values without a field are shown to be copied. The version in the
form is the present one, so sending it again rests on what the page shows now.
"""

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from fastapi import Depends, FastAPI, Request, Response
from fastapi.routing import APIRoute, iter_route_contexts
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.routing import compile_path
from starlette.types import Message

from shared.errors import Problem, Refused
from shared.web.filled import fields_of, filled_fields_of, in_one_line, words_on
from shared.web.local_paths import path_asked
from shared.web.media_types import prefers_page
from shared.web.standing import Values, written_anew
from shared.web.typed import FROM, TAKEN, Typed, form_sent

_STACK = "fastapi_middleware_astack"
"""The key in the scope under which FastAPI keeps what it closes after a response."""
_MOST_TEXTS = 1_000
"""Most typed texts that are searched on the page, each on the whole of it; no form of ours has more text fields."""
_MACHINES_WORD = re.compile(r"[a-z0-9_/.-]*")
"""The value of a checkbox, a choice or a link: an id, a number, a slug."""


@dataclass(slots=True)
class Returned:
    """A form that has come back: the problem, the typed values by field name, and the marks of the values shown before.

    `page` is the address of its page, with its query. `is_shown` is set once a page has rendered it.
    """

    problem: Problem
    typed: Values
    stood: str | None
    page: str
    is_shown: bool = field(default=False)


class FormPage:
    """Declares the page on which a form stands, where it cannot be found from the addresses."""

    def __init__(self, path: str) -> None:
        self.path = path

    async def __call__(self) -> None:
        """Does nothing: as a dependency it is only read."""


def form_on(path: str) -> Any:
    """`dependencies=[form_on("/gatherings/{id}")]`: the page on which the form of this route stands.

    Without it, that is the nearest page above: a form to `/letters/{id}/words` comes back on `/letters/{id}`.
    """
    return Depends(FormPage(path))


async def keep_typed(request: Request) -> None:
    """Keep the form of this request, for any page that may answer it."""
    request.state.typed = await form_sent(request)


def typed_in(request: Request) -> Values:
    """The typed values of this request's form, by field name."""
    typed = _typed(request)
    return typed.values if typed else {}


def forget_typed(request: Request, names: Container[str]) -> None:
    """Drop these fields, so that no page shows them as typed and not stored; they hold their previous values."""
    typed = _typed(request)
    request.state.typed = typed.without(names) if typed else None


def sending_of(request: Request) -> str:
    """The id by which the browser's script knows the submission that this page answers."""
    typed = _typed(request)
    return typed.said(TAKEN) if typed else ""


def stood_in(request: Request) -> str | None:
    """The marks of the values that this request's form was shown with, or None where its page gives none."""
    typed = _typed(request)
    return typed.stood if typed else None


def _typed(request: Request) -> Typed | None:
    typed: Typed | None = getattr(request.state, "typed", None)
    return typed


def missing_in(page: str, request: Request) -> list[str]:
    """The typed texts that cannot be seen on this page, except for values that the form was shown with, ids and bare
    numbers.

    A page that an endpoint renders itself has accepted the values of its filled fields, even if it shows them in
    another notation.
    """
    taken = frozenset() if returned_to(request) else filled_fields_of(page)
    anew = written_anew(typed_in(request), stood_in(request))
    typed = [each for name, texts in anew.items() if name not in taken for each in texts]
    there = words_on(page)
    return [value for value in islice(filter(_is_text, typed), _MOST_TEXTS) if in_one_line(value) not in there]


def stands_in(page: str, request: Request) -> bool:
    """Whether a form on this page still has fields for the typed values."""
    return bool(typed_in(request).keys() & fields_of(page).keys())


def returned_to(request: Request) -> Returned | None:
    """The form that comes back to the page that is being rendered, or None."""
    returned: Returned | None = getattr(request.state, "returned", None)
    return returned


def from_field(request: Request) -> Markup:
    """The hidden field by which a form that comes back a second time finds the address of its page with its query."""
    returned = returned_to(request)
    if returned is None or "?" not in returned.page:
        return Markup()
    return Markup('<input type="hidden" name="{}" value="{}">').format(FROM, returned.page)


def was_done(request: Request, deed: str) -> bool:
    """Whether the address of a page says that something has just been done; False if a form has come back since."""
    return deed in request.query_params and returned_to(request) is None


def page_of_form(app: FastAPI, route: APIRoute, path: str, parameters: Mapping[str, Any]) -> str | None:
    """The address of the page with the form that is sent to `path`, or None."""
    declared = next((each.call for each in route.dependant.dependencies if isinstance(each.call, FormPage)), None)
    if declared is not None:
        return declared.path.format(**parameters)
    return next((address for address in _upwards(path) if _is_page(app, address)), None)


def page_instead(request: Request) -> str:
    """Where a person is led who opens the address of a form with GET: the page of the form, or else the start page."""
    path = path_asked(request)
    for route in iter_route_contexts(request.app.routes):
        found = compile_path(str(route.path))[0].match(path)
        if found and isinstance(route.original_route, APIRoute):
            return page_of_form(request.app, route.original_route, path, found.groupdict()) or "/"
    return "/"


async def form_again(request: Request, route: APIRoute, problem: Problem) -> Response | None:
    """The page of the form with the typed values; None where the page no longer exists, or for API clients."""
    address = page_of_form(request.app, route, request.url.path, request.path_params)
    if address is None or not prefers_page(request):
        return None
    typed = _typed(request)
    page, _, query = ((typed.page if typed else None) or "").partition("?")
    whole = f"{address}?{query}" if query and page == address else address
    returned = Returned(problem, typed_in(request), stood_in(request), whole)
    try:
        response = await _get(request, address, returned)
    except (Problem, Refused, HTTPException):
        return None
    return response if returned.is_shown else None


async def _get(request: Request, address: str, returned: Returned) -> Response:
    """The response of this service to GET at the address, with the form that has come back in its state.

    Errors are raised: the exception handlers belong to the request that is being answered.
    """
    state = {name: value for name, value in request.scope["state"].items() if name != "work"}
    asked = ("type", "asgi", "http_version", "scheme", "server", "client", "root_path", "headers", "app", _STACK)
    scope = {name: request.scope[name] for name in asked if name in request.scope} | {
        "method": "GET",
        "path": address,
        "raw_path": address.encode(),
        "query_string": returned.page.partition("?")[2].encode(),
        "state": {**state, "returned": returned},
    }
    start: dict[str, Any] = {}
    body = bytearray()

    async def take(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        else:
            body.extend(message.get("body", b""))

    await request.app.router(scope, _nothing, take)
    response = Response(bytes(body), start["status"])
    response.raw_headers = list(start["headers"])
    return response


async def _nothing() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


def _upwards(path: str) -> Iterator[str]:
    """The address itself and those above it, without the start page."""
    while path:
        yield path
        path = path.rpartition("/")[0]


def _is_page(app: FastAPI, address: str) -> bool:
    return any(
        "GET" in (route.methods or ()) and compile_path(str(route.path))[0].match(address)
        for route in iter_route_contexts(app.routes)
        if getattr(route.original_route, "is_page", False)
    )


def _is_text(value: str) -> bool:
    return bool(value.strip()) and not _MACHINES_WORD.fullmatch(value)
