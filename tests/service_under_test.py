"""One service's HTTP process inside a test, on a real database."""

from types import TracebackType
from typing import Any
from uuid import uuid4

import httpx
from fastapi import FastAPI
from sqlalchemy import text

from shared.clock import SimulatedClock
from shared.contracts.base import Event
from shared.database import Database
from shared.events.handlers import Handlers
from shared.settings import KernelSettings


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

    async def __aenter__(self) -> "ServiceUnderTest":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()
        await self.database.close()

    async def get(self, path: str, name: str | None = "hanne", **headers: str) -> httpx.Response:
        """Read as one of the local personas, or as nobody."""
        return await self._http.get(path, headers=await self._headers(name) | headers)

    async def post(
        self,
        path: str,
        body: Any = None,
        name: str | None = "hanne",
        *,
        key: str | None = "",
        if_match: str | None = None,
        content: bytes | None = None,
        **headers: str,
    ) -> httpx.Response:
        """Write as one of the local personas, under a fresh idempotency key unless one, or None, is given."""
        sent = await self._headers(name) | headers
        if key is not None:
            sent["Idempotency-Key"] = key or str(uuid4())
        if if_match is not None:
            sent["If-Match"] = if_match
        if content is not None:
            return await self._http.post(path, content=content, headers={"Content-Type": "application/json"} | sent)
        return await self._http.post(path, json=body, headers=sent)

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

    async def published(self) -> list[tuple[str, dict[str, Any]]]:
        """The events in the log, as (name, data), in their order."""
        async with self.database.work() as work:
            statement = text(f"select type, data from {self.database.service}.event order by position")
            found = await work.session.execute(statement)
            return [(type_name.split(".")[-2], data) for type_name, data in found]

    async def _headers(self, name: str | None) -> dict[str, str]:
        if name is None:
            return {}
        if name not in self._tokens:
            answer = await self._http.post("/api/v1/sign-in", json={"name": name})
            self._tokens[name] = answer.json()["token"]
        return {"Authorization": f"Bearer {self._tokens[name]}"}
