"""Intake's pages alone, served to a real browser from a real database, with a round open and daycares registered."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import uvicorn
from service_under_test import DAYCARES, PROGRAMMES

import intake.settings
import intake.web
from intake.programmes.loading import publish_programmes
from intake.schema import tables
from local.ports import free_port
from shared.clock import SystemClock
from shared.database import Database
from shared.office import office_date
from shared.settings import KernelSettings


class ServedIntake:
    """Where it is, and what people do to it beside the browser."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.round: dict[str, Any] = {}
        self._http = httpx.Client(base_url=url)
        self._tokens: dict[str, str] = {}

    def call(self, method: str, path: str, name: str, body: Any = None, **headers: str) -> Any:
        """What the API answers somebody."""
        if name not in self._tokens:
            self._tokens[name] = self._http.post("/api/v1/sign-in", json={"name": name}).json()["token"]
        sent = {"Authorization": f"Bearer {self._tokens[name]}", "Idempotency-Key": str(uuid4())} | headers
        answer = self._http.request(method, f"/api/v1{path}", json=body, headers=sent)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def draft(self, name: str = "anna") -> str:
        """Somebody's new draft of the long course; its id."""
        wish = {"programme": "long-course", "round_id": self.round["id"]}
        return str(self.call("POST", "/drafts", name, wish)["id"])

    def content(self, draft: str, name: str = "anna") -> dict[str, Any]:
        """What a draft holds."""
        content: dict[str, Any] = self.call("GET", f"/drafts/{draft}", name)["content"]
        return content


@contextmanager
def served_intake(kernel: KernelSettings, database_url: str, folder: Path) -> Iterator[ServedIntake]:
    """Serve it from a thread of its own."""
    settings = intake.settings.IntakeSettings(database_url=database_url, attachments=folder / "attachments")
    asyncio.run(_publish(database_url))
    port = free_port()
    config = uvicorn.Config(intake.web.create(kernel, settings), port=port, log_config=None, access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        _wait_until(lambda: server.started)
        yield _opened(ServedIntake(f"http://127.0.0.1:{port}"))
    finally:
        server.should_exit = True
        thread.join()


async def _publish(database_url: str) -> None:
    database = Database(database_url, service="intake", tables=tables, clock=SystemClock())
    await publish_programmes(database, PROGRAMMES)
    await database.close()


def _opened(served: ServedIntake) -> ServedIntake:
    today = office_date(SystemClock().now())
    wish = {"programme": "long-course", "opens_on": str(today), "deadline": str(today + timedelta(days=21))}
    served.round = served.call("POST", "/rounds", "david", wish)
    for daycare in DAYCARES.values():
        served.call("POST", "/daycares", "hanne", daycare)
    return served


def _wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)
