"""The application factory: puts the HTTP process of a service together, the same way in every service."""

import re
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request
from starlette.responses import JSONResponse, Response

from shared.catalogue import api as contracts_api
from shared.clock import Clock
from shared.database import Database
from shared.errors import Problem, Text
from shared.identity import LocalPersonas, NobodySignsIn, Role, SignIn
from shared.operations import api as failures_api
from shared.operations import mail_api, mail_pages
from shared.operations import pages as failures_pages
from shared.sessions.ended import EndedSessions
from shared.sessions.tokens import Sessions
from shared.settings import KernelSettings
from shared.translations import Catalogue
from shared.web import sessions as own_sessions
from shared.web import sign_in as signing_in
from shared.web.access import public
from shared.web.description import describe
from shared.web.guesses import Guesses
from shared.web.head import HeadRequests
from shared.web.headers import ResponseHeaders
from shared.web.health import Check, health_router
from shared.web.kernel import WebKernel, kernel_of
from shared.web.languages import LanguageChoice
from shared.web.numbers import telling_numbers
from shared.web.pages import render_page
from shared.web.problem_kinds import ProblemKind, ProblemKinds
from shared.web.problems import UnexpectedErrors, handle_problems
from shared.web.public_address import PublicAddress
from shared.web.request_limits import DEFAULT_LIMIT, BodyLimits, RequestLimits
from shared.web.session_care import SessionCare
from shared.web.static_files import StaticFolders, serve_static_files
from shared.web.templating import NavigationEntry, Pages

OPERATIONS_TEMPLATES = Path(failures_pages.__file__).resolve().parent / "templates"
OPERATIONS = (
    NavigationEntry(Text("Failed events"), "/operations/failures", frozenset({Role.OPERATOR})),
    NavigationEntry(Text("E-mails"), "/operations/mail", frozenset({Role.OPERATOR})),
)


def create_application(
    *,
    name: str,
    title: Text,
    settings: KernelSettings,
    database: Database,
    clock: Clock,
    routers: Iterable[APIRouter],
    navigation: Iterable[NavigationEntry] = (),
    problems: Iterable[ProblemKind] = (),
    locale_directories: Iterable[Path] = (),
    templates_directories: Iterable[Path] = (),
    checks: Mapping[str, Check] | None = None,
    sign_in: SignIn | None = None,
    body_limit: int = DEFAULT_LIMIT,
    body_limits: Iterable[tuple[re.Pattern[str], int]] = (),
    instrument: Callable[[FastAPI], None] | None = None,
) -> FastAPI:
    """Build the application of the service `name`.

    The database is closed when the application stops. Without `sign_in`, development has local personas, and in
    production nobody can sign in. A body may have `body_limit` bytes, or as many as `body_limits` say for addresses
    that match as a whole. Raises `ValueError` for invalid slugs, templates or catalogues.
    """
    catalogue = Catalogue.read(locale_directories)
    static = StaticFolders.installed(settings.static)
    pages = Pages(
        name=name,
        title=title,
        settings=settings,
        catalogue=catalogue,
        static=static,
        navigation=(*navigation, *OPERATIONS),
        templates_directories=(*templates_directories, OPERATIONS_TEMPLATES),
    )
    kernel = WebKernel(
        settings=settings,
        database=database,
        clock=clock,
        sessions=Sessions(
            settings.session_secret, settings.issuer, idle=timedelta(minutes=settings.session_idle_minutes)
        ),
        ended=EndedSessions(database),
        sign_in=sign_in or _default_sign_in(settings),
        catalogue=catalogue,
        kinds=ProblemKinds(problems),
        pages=pages,
        guesses=Guesses(),
    )
    app = _bare_application(title.message, database)
    app.state.kernel = kernel
    handle_problems(app)
    _add_middleware(app, kernel, BodyLimits(body_limit, tuple(body_limits)))
    operations = (failures_pages.router, failures_api.router, mail_pages.router, mail_api.router)
    own = (
        signing_in.api,
        signing_in.pages,
        own_sessions.api,
        own_sessions.pages,
        own_sessions.leaving,
        contracts_api.router,
    )
    for router in (*routers, *operations, *own, health_router(checks or {}, static), _descriptions()):
        app.include_router(router)
    serve_static_files(app, static)
    if instrument is not None:
        instrument(app)
    return app


def _default_sign_in(settings: KernelSettings) -> SignIn:
    return LocalPersonas(settings.environment) if settings.environment == "development" else NobodySignsIn()


def _bare_application(title: str, database: Database) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with telling_numbers(app):
            yield
        await database.close()

    # FastAPI's own pages of documentation load their scripts from elsewhere; its own OpenAPI route declares no access.
    return FastAPI(title=f"Praksis {title}", openapi_url=None, docs_url=None, redoc_url=None, lifespan=lifespan)


def _add_middleware(app: FastAPI, kernel: WebKernel, limits: BodyLimits) -> None:
    # Each one goes around those before it: the last is the outermost.
    app.add_middleware(SessionCare)
    app.add_middleware(UnexpectedErrors)
    app.add_middleware(RequestLimits, limits=limits)
    app.add_middleware(PublicAddress, home=kernel.home, only_there=not kernel.in_development)
    app.add_middleware(LanguageChoice, in_development=kernel.in_development)
    app.add_middleware(ResponseHeaders, in_development=kernel.in_development)
    app.add_middleware(HeadRequests)


def _descriptions() -> APIRouter:
    router = APIRouter(include_in_schema=False, dependencies=[public])

    @router.get("/api/openapi.json")
    async def openapi(request: Request) -> Response:
        """What the API takes and gives."""
        return JSONResponse(describe(request.app))

    @router.get("/problems/{slug}")
    async def explain(request: Request, slug: str) -> Response:
        """What a kind of problem means; the type of every problem leads here."""
        kind = kernel_of(request).kinds.get(slug)
        if kind is None:
            raise Problem("not-found", 404)
        return render_page(request, "problem_kind.html", kind=kind)

    return router
