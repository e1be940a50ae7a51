"""The links on an error page that lead a person on, not only to the start page."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from re import Pattern
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import compile_path

from shared.errors import Text
from shared.web.access import declared_access, identity_of
from shared.web.hosts import ASKED_FOR
from shared.web.kernel import kernel_of
from shared.web.local_paths import is_local, path_asked
from shared.web.templating import NavigationEntry

_OWN_TO_EVERY_SERVICE = ("/api/", "/problems/", "/health/", "/sign-in", "/sign-out", "/signed-out")


@dataclass(frozen=True, slots=True)
class WayOn:
    """A link that leads on."""

    label: Text
    address: str


def ways_on(request: Request, status: int, way: str | None) -> list[WayOn]:
    """The links below a problem, the likeliest first; `way` is the page of the menu that the problem's kind names.

    They are: the page that the person came from, or else the nearest page above the address; the page that the kind
    names; the sign-in page, for a visitor who is not allowed to do this; and where none of these exists, every page in
    the menu. No link leads to the same problem again, or to a page that the person may not open.
    """
    pages = {entry.path: entry for entry in _menu(request)}
    found = [*_back(request, status, pages)]
    if way in pages:
        found.append(_to(pages[way]))
    if status in (401, 403) and identity_of(request) is None:
        found.append(WayOn(Text("Sign in"), "/sign-in"))
    distinct = {each.address: each for each in reversed(found or [_to(entry) for entry in pages.values()])}
    return [*reversed(distinct.values())] or [WayOn(Text("Sign in"), "/sign-in")]


def _menu(request: Request) -> list[NavigationEntry]:
    identity = identity_of(request)
    return [entry for entry in kernel_of(request).pages.navigation if entry.is_for(identity)]


def _to(entry: NavigationEntry) -> WayOn:
    return WayOn(Text("Go to {page}", {"page": entry.label}), entry.path)


def _back(request: Request, status: int, pages: dict[str, NavigationEntry]) -> Iterator[WayOn]:
    came_from = _came_from(request)
    if came_from is not None:
        yield WayOn(Text("Go back to the page you came from"), came_from)
        return
    above = next((path for path in _above(request, status) if _may_open(request, path, status)), None)
    if above in pages:
        yield _to(pages[above])
    elif above is not None:
        yield WayOn(Text("Go to the page that this is about"), above)


def _came_from(request: Request) -> str | None:
    """The page of this service in the Referer, except this page itself and the sign-in pages."""
    sent = urlsplit(request.headers.get("Referer", ""))
    if sent.netloc not in (request.headers.get("Host"), request.scope.get(ASKED_FOR)) or not is_local(sent.path):
        return None
    again = request.method == "GET" and sent.path == request.url.path
    if again or sent.path.startswith(_OWN_TO_EVERY_SERVICE):
        return None
    return f"{sent.path}?{sent.query}" if sent.query else sent.path


def _above(request: Request, status: int) -> Iterator[str]:
    """The addresses above this one, the nearest first and without the start page; after a form was sent, its own
    address first."""
    path = path_asked(request).rstrip("/")
    if request.method != "GET" and path:
        yield path
    while path := path.rpartition("/")[0].rstrip("/"):
        yield path


@cache
def _regex(pattern: str) -> Pattern[str]:
    return compile_path(pattern)[0]


def _may_open(request: Request, path: str, status: int) -> bool:
    """Whether the person may open a page at this path; after 404, only a path without ids in it."""
    identity = identity_of(request)
    for route in iter_route_contexts(request.app.routes):
        pattern = str(route.path)
        if "GET" not in (route.methods or ()) or not _regex(pattern).match(path):
            continue
        access = declared_access(route.dependant) if isinstance(route.original_route, APIRoute) else None
        if access is None or path.startswith(_OWN_TO_EVERY_SERVICE) or (status == 404 and "{" in pattern):
            return False
        return not access.roles or (identity is not None and bool(access.roles & identity.roles))
    return False
