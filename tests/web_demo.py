"""A small service that stands on the kernel: what the tests call and look at."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, FastAPI, Request, Response
from pydantic import SecretStr
from sqlalchemy import insert
from starlette.responses import JSONResponse, RedirectResponse

from shared.clock import Clock, FixedClock
from shared.database import Database
from shared.errors import Problem, Refused, Text, require_version
from shared.identity import Identity, Role
from shared.inputs.fields import Flag, Input, PlainText, Prose, Whole
from shared.sessions.tokens import Audience, Sessions
from shared.settings import KernelSettings
from shared.web.access import allow, public, signed_in
from shared.web.application import create_application
from shared.web.forms import submitted
from shared.web.health import Check
from shared.web.pages import render_page
from shared.web.preconditions import etag, if_match
from shared.web.problem_kinds import ProblemKind
from shared.web.routes import Work, api_router, page_router
from shared.web.templating import NavigationEntry

HERE = Path(__file__).resolve().parent
NOON = datetime(2026, 11, 3, 11, 0, tzinfo=UTC)
SECRET = SecretStr("for tests only, for tests only, for tests only")

api = api_router("/things", tags=["things"])
pages = page_router()


class Thing(Input):
    name: PlainText
    note: Prose = ""
    count: Whole = 1
    urgent: Flag = False
    parent: UUID | None = None


class ThingForm(Input):
    name: PlainText
    reason: Prose | None = None
    kind: PlainText
    themes: tuple[PlainText, ...] = ()


@api.post("", status_code=201)
async def add(thing: Thing, response: Response, who: Annotated[Identity, allow(Role.CASEWORKER)]) -> dict[str, str]:
    response.headers["ETag"] = etag(1)
    return {"name": thing.name, "by": who.subject}


@api.post("/effects", status_code=201)
async def take_effect(request: Request, thing: Thing, who: Annotated[Identity, signed_in()], work: Work) -> Response:
    """Leaves a row behind, then ends as the note says."""
    tables = request.app.state.kernel.database.tables
    await work.session.execute(insert(tables.received).values(identity=thing.parent))
    match thing.note:
        case "refuse":
            raise Refused("too-many", count=thing.count, limit=3)
        case "problem":
            raise Problem("too-many", 400, Text("Take fewer."), reasons=[Text("Too many")])
        case "break":
            raise RuntimeError("a secret that must not leave")
        case "answer":
            return JSONResponse({"verdict": "no"}, 422)
    return JSONResponse({"parent": str(thing.parent)}, 201)


@api.put("/{name}", dependencies=[allow(Role.CASEWORKER, Role.COORDINATOR)])
async def change(request: Request, name: str) -> dict[str, int]:
    require_version(if_match(request), 7)
    return {"version": 8}


@api.get("/mine")
async def mine(who: Annotated[Identity, signed_in()]) -> dict[str, str | None]:
    return {"subject": who.subject, "municipality": who.municipality, "name": who.name}


@api.get("/broken", dependencies=[public])
async def broken() -> None:
    raise RuntimeError("a secret that must not leave")


@pages.get("/", dependencies=[public])
async def start(request: Request) -> Response:
    return _page(request)


@pages.get("/broken", dependencies=[public])
async def broken_page() -> None:
    raise RuntimeError("a secret that must not leave")


@pages.get("/refused", dependencies=[public])
async def refused_page() -> None:
    raise Refused("too-many", count=4, limit=3)


@pages.get("/cases")
async def cases(request: Request, who: Annotated[Identity, allow(Role.CASEWORKER)]) -> Response:
    return _page(request)


@pages.post("/demo")
async def send(request: Request, who: Annotated[Identity, signed_in()]) -> Response:
    form = await submitted(request, ThingForm, several=frozenset({"themes"}))
    if form.value is None:
        return _page(request, status=422, sent=form.sent, errors=form.errors)
    return RedirectResponse("/", 303)


def _page(
    request: Request,
    status: int = 200,
    sent: Mapping[str, object] | None = None,
    errors: Mapping[str, Text] | None = None,
) -> Response:
    rows = ["Solsikken", "Mælkevejen"]
    return render_page(
        request, "demo.html", status=status, rows=rows, moment=NOON, sent=sent or {}, errors=errors or {}
    )


PROBLEMS = (
    ProblemKind(
        "too-many",
        Text("Too many"),
        Text("Take fewer."),
        sentence=Text("{count} is more than {limit}."),
    ),
)


def settings(environment: str = "development", static: Path = Path("/nowhere")) -> KernelSettings:
    return KernelSettings.model_validate({"environment": environment, "session_secret": SECRET, "static": static})


def demo_application(
    database: Database,
    *,
    environment: str = "development",
    static: Path = Path("/nowhere"),
    checks: Mapping[str, Check] | None = None,
    routers: tuple[APIRouter, ...] = (api, pages),
    clock: Clock | None = None,
) -> FastAPI:
    return create_application(
        name="intake",
        title=Text("Demonstration"),
        settings=settings(environment, static),
        database=database,
        clock=clock or FixedClock(NOON),
        routers=routers,
        navigation=(
            NavigationEntry(Text("Things"), "/"),
            NavigationEntry(Text("Only caseworkers see this"), "/cases", frozenset({Role.CASEWORKER})),
        ),
        problems=PROBLEMS,
        locale_directories=[HERE / "web_demo_locale"],
        templates_directories=[HERE / "web_demo_templates"],
        checks=checks,
    )


SESSIONS = Sessions(SECRET, settings().issuer)
"""Those of the demonstration in development."""


def token_of(
    role: Role,
    subject: str | None = None,
    municipality: str | None = None,
    audience: Audience = Audience.PROGRAMS,
) -> str:
    return SESSIONS.issue(Identity(subject or f"test:{role}", "", frozenset({role}), municipality), audience)
