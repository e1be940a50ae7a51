import asyncio
from pathlib import Path

import pytest
from fastapi import Request
from starlette.testclient import TestClient
from web_demo import demo_application

from shared.clock import SimulatedClock
from shared.database import Database
from shared.web import health


def test_a_process_that_answers_is_alive(client: TestClient) -> None:
    assert client.get("/health/live").json() == {"status": "alive", "service": "intake"}


def test_without_its_database_and_files_a_process_is_not_ready(client: TestClient) -> None:
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.json()["service"] == "intake"
    assert answer.json()["checks"] == {"database": "failed", "clock": "passed", "static-files": "failed"}


@pytest.mark.parametrize("said", ["garbage", "nan", "1e400", ""])
def test_a_clock_that_cannot_be_read_is_not_ready(no_database: Database, tmp_path: Path, said: str) -> None:
    file = tmp_path / "clock"
    client = TestClient(demo_application(no_database, clock=SimulatedClock(file)))
    assert client.get("/health/ready").json()["checks"]["clock"] == "passed"
    file.write_text(said)
    assert client.get("/health/ready").json()["checks"]["clock"] == "failed"


def test_a_check_that_does_not_end_has_failed(no_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    async def endless(_: Request) -> None:
        await asyncio.Event().wait()

    async def fine(_: Request) -> None: ...

    monkeypatch.setattr(health, "_LIMIT_IN_SECONDS", 0.05)
    client = TestClient(demo_application(no_database, checks={"endless": endless, "fine": fine}))
    checks = client.get("/health/ready").json()["checks"]
    assert checks == {
        "database": "failed",
        "clock": "passed",
        "static-files": "failed",
        "endless": "failed",
        "fine": "passed",
    }
