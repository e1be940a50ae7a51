"""A form that is refused comes back: its page as it is now, what stood in the way, and what was typed.

Somebody may have decided, changed or closed something while another was still writing. Whatever an endpoint raises
then, nothing that was typed is thrown away: fields that are still there hold it, and what no field takes any more is
shown to be copied. The version in the form is the present one, so that sending it again rests on what the page shows.
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
"""Where FastAPI keeps what is to be closed after an answer."""
_MOST_TEXTS = 1_000
"""No form of ours has more fields for words; each is looked for on the whole page."""
_MACHINES_WORD = re.compile(r"[a-z0-9_/.-]*")
"""What stands behind a box, a choice or a link: an id, a number, a slug."""


@dataclass(slots=True)
class Returned:
    """What came back: the problem, what was typed by the names of the fields, and the marks of what they had shown.

    `page` is its address with all by what it was narrowed. `is_shown` once a page has it.
    """

    problem: Problem
    typed: Values
    stood: str | None
    page: str
    is_shown: bool = field(default=False)


class FormPage:
    """A declaration of the page that a form stands on, where the addresses do not say it."""

    def __init__(self, path: str) -> None:
        self.path = path

    async def __call__(self) -> None:
        """Nothing to do: it is read, not called for."""


def form_on(path: str) -> Any:
    """`dependencies=[form_on("/gatherings/{id}")]`: where the form of this route stands.

    Without it, that is the next page above: `/letters/{id}/words` comes back on `/letters/{id}`.
    """
    return Depends(FormPage(path))


async def keep_typed(request: Request) -> None:
    """Remember what a form was sent with, for whatever page this request is answered with."""
    request.state.typed = await form_sent(request)


def typed_in(request: Request) -> Values:
    """What the form of this request was sent with, by the names of the fields."""
    typed = _typed(request)
    return typed.values if typed else {}


def forget_typed(request: Request, names: Container[str]) -> None:
    """Let no page of this request say that these fields were typed and not stored: they hold what was there before."""
    typed = _typed(request)
    request.state.typed = typed.without(names) if typed else None


def sending_of(request: Request) -> str:
    """By what the browser knows the sending that this page answers."""
    typed = _typed(request)
    return typed.said(TAKEN) if typed else ""


def stood_in(request: Request) -> str | None:
    """The marks of what the form of this request was shown with, where its page gives any."""
    typed = _typed(request)
    return typed.stood if typed else None


def _typed(request: Request) -> Typed | None:
    typed: Typed | None = getattr(request.state, "typed", None)
    return typed


def missing_in(page: str, request: Request) -> list[str]:
    """What was typed and cannot be seen on this page; what the form was shown with is not, nor ids and bare numbers.

    A page that an endpoint shows again by itself has taken what its fields hold, also in another notation.
    """
    taken = frozenset() if returned_to(request) else filled_fields_of(page)
    anew = written_anew(typed_in(request), stood_in(request))
    typed = [each for name, texts in anew.items() if name not in taken for each in texts]
    there = words_on(page)
    return [value for value in islice(filter(_is_text, typed), _MOST_TEXTS) if in_one_line(value) not in there]


def stands_in(page: str, request: Request) -> bool:
    """Whether a form of this page still has fields for what was typed."""
    return bool(typed_in(request).keys() & fields_of(page).keys())


def returned_to(request: Request) -> Returned | None:
    """What came back to the page that is being shown, if anything did."""
    returned: Returned | None = getattr(request.state, "returned", None)
    return returned


def from_field(request: Request) -> Markup:
    """The hidden field by which a form that has come back, and comes back once more, finds its page as it was."""
    returned = returned_to(request)
    if returned is None or "?" not in returned.page:
        return Markup()
    return Markup('<input type="hidden" name="{}" value="{}">').format(FROM, returned.page)


def was_done(request: Request, deed: str) -> bool:
    """Whether the address of a page says that something has just been done; a form that has come back is later."""
    return deed in request.query_params and returned_to(request) is None


def page_of_form(app: FastAPI, route: APIRoute, path: str, parameters: Mapping[str, Any]) -> str | None:
    """The address of the page on which the form that is sent to `path` stands, if there is one."""
    declared = next((each.call for each in route.dependant.dependencies if isinstance(each.call, FormPage)), None)
    if declared is not None:
        return declared.path.format(**parameters)
    return next((address for address in _upwards(path) if _is_page(app, address)), None)


def page_instead(request: Request) -> str:
    """Where somebody belongs who opens the address of a form: on the page of the form, or else on the start page."""
    path = path_asked(request)
    for route in iter_route_contexts(request.app.routes):
        found = compile_path(str(route.path))[0].match(path)
        if found and isinstance(route.original_route, APIRoute):
            return page_of_form(request.app, route.original_route, path, found.groupdict()) or "/"
    return "/"


async def form_again(request: Request, route: APIRoute, problem: Problem) -> Response | None:
    """The page of the form with what was typed; nothing where it is not there any more, or for programs."""
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
    """What this service answers to somebody who opens the address, with the form that has come back in mind.

    What is refused there is raised: the handlers of exceptions stand around the request that is being answered.
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
    """The address itself and those above it; the start page is nobody's form."""
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
