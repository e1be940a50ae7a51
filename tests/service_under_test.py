"""One service's HTTP process inside a test, on a real database."""

import re
from collections.abc import AsyncIterable, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from copy import deepcopy
from datetime import datetime, timedelta
from functools import cache
from html.parser import HTMLParser
from types import TracebackType
from typing import Any
from uuid import uuid4

import httpx
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from kept_rows import prepared
from sqlalchemy import event, insert, text
from sqlalchemy.ext.asyncio import AsyncEngine

from intake.programmes.decisions import publish_programme
from intake.programmes.files import load_programmes
from intake.programmes.loading import publish_programmes
from local.state import CHECKOUT
from local.story import cast
from shared.clock import SimulatedClock
from shared.contracts.base import Event
from shared.database import Database
from shared.events.failures import State
from shared.events.handlers import Handlers
from shared.office import office_date
from shared.settings import KernelSettings

PROGRAMMES = CHECKOUT / "services" / "intake" / "programmes"
PEOPLE = {
    "applicant": "anna",
    "caseworker": "clara",
    "reviewer": "mads",
    "coordinator": "david",
    "secretary": "lone",
    "consultant": "eva",
    "evaluator": "frida",
    "operator": "gert",
    "administrator": "hanne",
}
"""One local persona by each role."""
DAYCARES = {
    "nursery": cast.NURSERY,
    "integrated": cast.INTEGRATED,
    "childminding": cast.CHILDMINDING,
    "kindergarten": cast.KINDERGARTEN,
    "private": cast.PRIVATE,
}
"""The daycares of the story: the last one in Odense, the others in Vordingborg."""


@cache
def published_programmes() -> tuple[Event, ...]:
    """What intake tells the others of the real programmes, one event per version."""
    return tuple(e for each in load_programmes(PROGRAMMES) for e in publish_programme(None, each).events)


async def publish_real_programmes(database: Database) -> None:
    """What the worker of intake does when it starts."""
    await prepared(database, "the real programmes", lambda: publish_programmes(database, PROGRAMMES))


def everybody_but(*roles: str) -> list[str]:
    """A persona of each role that is not one of these."""
    return [name for role, name in PEOPLE.items() if role not in roles]


class ServiceUnderTest:
    """Speaks to the application as signed-in people do, and looks behind it into its tables."""

    def __init__(self, app: FastAPI, kernel: KernelSettings) -> None:
        assert kernel.clock_file is not None
        self.app = app
        self.database: Database = app.state.kernel.database
        clock = app.state.kernel.clock
        assert isinstance(clock, SimulatedClock)
        self.clock = clock
        self._http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://praksis.test"
        )
        self._tokens: dict[str, str] = {}

    def readable(self) -> list[str]:
        """Every address that can be read and holds no other parameter than an id."""
        paths = {str(each.path) for each in iter_route_contexts(self.app.routes) if "GET" in (each.methods or ())}
        return sorted(path for path in paths if not re.search(r"\{(?!id\})", path))

    async def __aenter__(self) -> "ServiceUnderTest":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()
        await self.database.close()

    async def get(
        self, path: str, name: str | None = "hanne", *, language: str | None = None, **headers: str
    ) -> httpx.Response:
        """Read as one of the local personas, or as nobody."""
        return await self._http.get(path, headers=await self._headers(name) | _in(language) | headers)

    async def post(
        self,
        path: str,
        body: Any = None,
        name: str | None = "hanne",
        *,
        key: str | None = "",
        if_match: str | None = None,
        content: bytes | AsyncIterable[bytes] | None = None,
        language: str | None = None,
        **headers: str,
    ) -> httpx.Response:
        """Write as one of the local personas, under a fresh idempotency key unless one, or None, is given."""
        sent = await self._headers(name) | _in(language) | headers
        if key is not None:
            sent["Idempotency-Key"] = key or str(uuid4())
        if if_match is not None:
            sent["If-Match"] = if_match
        if content is not None:
            return await self._http.post(path, content=content, headers={"Content-Type": "application/json"} | sent)
        return await self._http.post(path, json=body, headers=sent)

    async def put(self, path: str, body: Any, name: str | None, *, if_match: str) -> httpx.Response:
        """Put something in the place of what stands there, as one of the local personas."""
        headers = await self._headers(name) | {"Idempotency-Key": str(uuid4()), "If-Match": if_match}
        return await self._http.put(path, json=body, headers=headers)

    async def happen(self, handlers: Handlers, *events: Event) -> None:
        """Let events have their effect, as the inbox would, in one transaction."""
        async with self.database.work() as work:
            for event in events:
                for handler in handlers.of(event.type_name()):
                    await handler.function(event, work)
            await work.commit()

    async def rows(self, table: str) -> int:
        """How many rows a table of the service has."""
        async with self.database.work() as work:
            found = await work.session.scalar(text(f"select count(*) from {self.database.service}.{table}"))
            return int(found or 0)

    async def stored(self) -> dict[str, int]:
        """How many rows each table of the service has, the log and the kept answers among them."""
        schema = self.database.service
        async with self.database.work() as work:
            tables = text(
                "select tablename from pg_tables where schemaname = :schema and tablename !~ '^event_' order by 1"
            )
            names = list(await work.session.scalars(tables, {"schema": schema}))
            counts = ", ".join(f'(select count(*) from {schema}."{name}")' for name in names)
            found = (await work.session.execute(text(f"select {counts}"))).one()
            return dict(zip(names, found, strict=True))

    @asynccontextmanager
    async def statements(self) -> AsyncIterator[list[str]]:
        """The SQL that the service sends meanwhile, statement by statement.

        Left out is the look at ended sessions, which is taken once in a while, however many requests come.
        """
        async with self.database.work() as work:
            engine = work.session.bind
        assert isinstance(engine, AsyncEngine)
        sent: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            if ".ended_session" not in statement:
                sent.append(statement)

        event.listen(engine.sync_engine, "before_cursor_execute", note)
        yield sent
        event.remove(engine.sync_engine, "before_cursor_execute", note)

    async def published(self) -> list[tuple[str, dict[str, Any]]]:
        """The events in the log, as (name, data), in their order."""
        async with self.database.work() as work:
            statement = text(f"select type, data from {self.database.service}.event order by position")
            found = await work.session.execute(statement)
            return [(type_name.split(".")[-2], data) for type_name, data in found]

    async def stand_at(self, until: datetime, failed: int = 0) -> None:
        """Log and receipts have been compared up to a moment, and so many events could not have their effect."""
        async with self.database.work() as work:
            tables, session = self.database.tables, work.session
            compared = {"log_offset": 1, "position": 1, "compared_at": until, "had_until": until}
            await session.execute(insert(tables.reconciliation).values(compared))
            for _ in range(failed):
                parked = {"id": uuid4(), "identity": uuid4(), "state": State.PARKED, "attempts": 1, "body": b"{}"}
                await session.execute(insert(tables.parked).values(parked))
            await work.commit()

    async def _headers(self, name: str | None) -> dict[str, str]:
        if name is None:
            return {}
        if name not in self._tokens:
            answer = await self._http.post("/api/v1/sign-in", json={"name": name})
            self._tokens[name] = answer.json()["token"]
        return {"Authorization": f"Bearer {self._tokens[name]}"}


def _in(language: str | None) -> dict[str, str]:
    return {} if language is None else {"Accept-Language": language}


class Browser:
    """Somebody at a screen: keeps cookies, asks for pages, and sends the forms that they hold."""

    def __init__(self, service: ServiceUnderTest) -> None:
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(service.app, raise_app_exceptions=False),
            base_url="http://praksis.test",
            headers={"Accept": "text/html"},
        )

    async def open(self, path: str) -> httpx.Response:
        """The page at an address, or where to go instead; nothing is followed."""
        return await self.http.get(path)

    async def sign_in(self, name: str, path: str = "/sign-in") -> httpx.Response:
        """Choose one of the people on the sign-in page; the answer leads on."""
        return await self.send(await self.open(path), "/sign-in", name=name)

    async def send(self, page: httpx.Response, action: str, **changes: str | None) -> httpx.Response:
        """Send the form of a page, with some of its fields changed, or left out where they are None."""
        fields = forms_of(page.text)[action] | changes
        return await self.http.post(action, data={name: value for name, value in fields.items() if value is not None})

    async def follow(self, answer: httpx.Response) -> httpx.Response:
        """Go where an answer leads."""
        assert answer.status_code == 303, answer.text
        return await self.open(answer.headers["Location"])


def forms_of(page: str) -> dict[str, dict[str, str | None]]:
    """The hidden fields of each form, by where the form goes, with any of its buttons."""
    reader = _Forms()
    reader.feed(page)
    return reader.forms


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: dict[str, dict[str, str | None]] = {}
        self._fields: dict[str, str | None] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given: Mapping[str, str | None] = dict(attrs)
        if tag == "form":
            self._fields = self.forms.setdefault(given["action"] or "", {})
        elif tag == "button" and given.get("formaction"):
            self.forms[given["formaction"] or ""] = self._fields
        elif tag == "input" and given.get("type") == "hidden":
            self._fields[given["name"] or ""] = given.get("value")


class OpenIntake:
    """Intake with its programmes published, a round of the long course open today, and the daycares of the story."""

    def __init__(self, service: ServiceUnderTest, round_: dict[str, Any], daycares: dict[str, str]) -> None:
        self.service = service
        self.round = round_
        self.daycares = daycares

    @classmethod
    async def of(cls, service: ServiceUnderTest) -> "OpenIntake":
        round_, daycares = await prepared(service.database, "an open intake", lambda: cls._open(service))
        return cls(service, deepcopy(round_), deepcopy(daycares))

    @staticmethod
    async def _open(service: ServiceUnderTest) -> tuple[dict[str, Any], dict[str, str]]:
        await publish_programmes(service.database, PROGRAMMES)
        today = office_date(service.clock.now())
        wish = {"programme": "long-course", "opens_on": str(today), "deadline": str(today + timedelta(days=21))}
        opened = await service.post("/api/v1/rounds", wish, "david")
        daycares = {}
        for kind, daycare in DAYCARES.items():
            registered = await service.post("/api/v1/daycares", daycare, "hanne")
            daycares[kind] = registered.json()["id"]
        return opened.json(), daycares

    def long_course(self, *kinds: str, **changes: Any) -> dict[str, Any]:
        """What Vordingborg's administration applies for, with a nursery and an integrated institution or others."""
        daycares = [self.daycares[kind] for kind in kinds or ("nursery", "integrated")]
        return cast.long_course(self.round["id"], daycares) | changes

    def short_course(self, hours: int = 20, **changes: Any) -> dict[str, Any]:
        """What the private daycare in Odense applies for."""
        return cast.short_course(self.daycares["private"], hours) | changes

    async def another_round(self) -> str:
        """A further round of the long course, open from today."""
        wish = {name: self.round[name] for name in ("programme", "opens_on", "deadline")}
        answer = await self.service.post("/api/v1/rounds", wish, "david")
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def submitted(self, *kinds: str, **changes: Any) -> dict[str, Any]:
        """A long course that waits for a decision."""
        answer = await self.service.post("/api/v1/applications", self.long_course(*kinds, **changes), "anna")
        assert answer.status_code == 201, answer.text
        application: dict[str, Any] = answer.json()
        return application
