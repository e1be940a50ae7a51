"""Authorisation: every route declares which roles may call it, and that is checked before the request is read."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import Depends, FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from starlette.routing import Mount, compile_path

from shared.errors import Problem, Text
from shared.identity import ROLE_NAMES, Identity, Role
from shared.sessions.tokens import Audience, Session
from shared.web.cookies import cookie_of
from shared.web.kernel import kernel_of, language_of

SESSION_COOKIE = "praksis_session"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Access:
    """Declares which roles may call a route. Without roles, it is public."""

    def __init__(self, roles: frozenset[Role]) -> None:
        self.roles = roles

    async def __call__(self, request: Request) -> Identity | None:
        """The caller. Raises 401 `not-signed-in` or 403 `role-not-allowed`."""
        identity = identity_of(request)
        if not self.roles:
            return identity
        if identity is None:
            raise Problem("not-signed-in", 401, headers={"WWW-Authenticate": "Bearer"})
        if not self.roles & identity.roles:
            raise _role_not_allowed(self.roles)
        return identity


def allow(*roles: Role) -> Any:
    """`who: Annotated[Identity, allow(Role.CASEWORKER)]`: only these roles may call. Raises `ValueError` for none."""
    if not roles:
        raise ValueError("name the roles that may call, or use `public`")
    return Depends(Access(frozenset(roles)))


def signed_in() -> Any:
    """`who: Annotated[Identity, signed_in()]`: every signed-in person may call."""
    return allow(*Role)


public: Any = Depends(Access(frozenset()))
"""`dependencies=[public]` or `who: Annotated[Identity | None, public]`: everybody may call."""


def session_of(request: Request) -> Session | None:
    """The caller's valid session, from the `Authorization` header or else from the cookie; None if there is none or it
    was ended."""
    if not hasattr(request.state, "session"):
        request.state.session = _valid_session(request)
    session: Session | None = request.state.session
    return session


def end_here(request: Request, ended_id: UUID, until: datetime) -> None:
    """Apply the end of sessions in this process at once, and to the rest of this request."""
    kernel_of(request).ended.note(ended_id, until)
    request.state.session = _valid_session(request)


def _valid_session(request: Request) -> Session | None:
    kernel = kernel_of(request)
    audience, token = credential_of(request)
    session = kernel.sessions.read(token, audience) if token else None
    if session is None:
        return None
    ids = session.id, kernel.sessions.person_of(session.subject)
    return None if kernel.ended.has_ended(session.issued_at, *ids) else session


def credential_of(request: Request) -> tuple[Audience, str | None]:
    """The token that the caller presents, if any, and for which audience it must be.

    For a request that changes something, the API accepts no cookie: a browser sends cookies along with requests that
    other sites cause (CSRF), and the API has no form token.
    """
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return Audience.PROGRAMS, credentials.strip()
    if request.method not in _SAFE and request.scope["path"].startswith("/api/"):
        return Audience.PROGRAMS, None
    return Audience.PAGES, cookie_of(request, SESSION_COOKIE)


def identity_of(request: Request) -> Identity | None:
    """The caller, or None for a visitor who has not signed in."""
    session = session_of(request)
    if session is None:
        return None
    name = kernel_of(request).sign_in.name_of(session.subject)
    return Identity(session.subject, name, session.roles, session.municipality, language_of(request))


def declared_access(dependant: Dependant) -> Access | None:
    """The access that the endpoint or its router declares, or None if neither does."""
    return next(_declarations(dependant), None)


def undeclared_routes(app: FastAPI) -> list[str]:
    """Every route without a declared access, as "METHOD path". Static files need none."""
    undeclared = []
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, Mount) and str(route.path).startswith("/static/"):
            continue
        dependant = getattr(route, "dependant", None)
        if dependant is None or declared_access(dependant) is None:
            methods = ",".join(sorted(route.methods or {"*"}))
            undeclared.append(f"{methods} {route.path}")
    return undeclared


def methods_of(request: Request) -> list[str]:
    """Every HTTP method that some route takes at the address of this request."""
    app: FastAPI = request.app
    taken: set[str] = set()
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, Mount):
            if request.url.path.startswith(f"{route.path}/"):
                taken.add("GET")
        elif route.methods and compile_path(str(route.path))[0].match(request.url.path):
            taken |= route.methods
    # Every route that answers GET also answers HEAD, see `shared.web.head`.
    return sorted(taken | {"HEAD"} if "GET" in taken else taken)


def _declarations(dependant: Dependant) -> Iterator[Access]:
    for dependency in dependant.dependencies:
        if isinstance(dependency.call, Access):
            yield dependency.call
        yield from _declarations(dependency)


def _role_not_allowed(roles: frozenset[Role]) -> Problem:
    names = [ROLE_NAMES[role] for role in Role if role in roles]
    detail = Text("This may be done by: {roles}.", {"roles": names})
    return Problem("role-not-allowed", 403, detail, roles=[role.value for role in Role if role in roles])
