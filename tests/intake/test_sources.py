"""From where a request comes is what a trusted proxy says, and what nobody else says.

It is the server around the application that reads it, so a real process is asked, once with and once without a proxy.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from local.ports import free_port, give_back
from local.processes import Command, Process
from local.state import CHECKOUT


@contextmanager
def served(database_url: str, folder: Path, **environment: str) -> Iterator[httpx.Client]:
    """Intake's web process, which the test speaks to as the proxy in front of it would."""
    port = free_port()
    command = Command(
        name="web",
        arguments=[sys.executable, "-m", "intake.web"],
        environment={
            **{key: os.environ[key] for key in ("PATH", "PYTHONPATH") if key in os.environ},
            "PRAKSIS_ENVIRONMENT": "development",
            "PRAKSIS_SESSION_SECRET": "7c1f0e5f5d0b4f0c9a7e2b6d8c3a1f4e",
            "PRAKSIS_STATIC": str(CHECKOUT / "shared/frontend/node_modules"),
            "INTAKE_DATABASE_URL": database_url,
            "INTAKE_ATTACHMENTS": str(folder / "attachments"),
            "INTAKE_PORT": str(port),
            **environment,
        },
        folder=CHECKOUT,
        log=folder / "web.log",
        record=folder / "web.json",
    )
    process = Process(command)
    process.start()
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
            _wait_for(client)
            yield client
    finally:
        process.stop()
        give_back(port)


def _wait_for(client: httpx.Client) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            client.get("/health/live").raise_for_status()
            return
        except httpx.HTTPError:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def ask(client: httpx.Client, *forwarded: str) -> int:
    """Have an e-mail sent, as a proxy passes the wish on."""
    body = {"email": f"{uuid4().hex}@example.org", "topics": ["rounds"]}
    headers = [("Idempotency-Key", str(uuid4())), *(("X-Forwarded-For", each) for each in forwarded)]
    return client.post("/api/v1/subscriptions", json=body, headers=headers).status_code


@pytest.mark.parametrize("proxies", ["127.0.0.1", "10.0.0.1, 127.0.0.0/8"])
def test_behind_a_proxy_that_is_named_each_source_has_its_own_allowance(
    database_url: Callable[[str], str], tmp_path: Path, proxies: str
) -> None:
    limits = {"PRAKSIS_TRUSTED_PROXIES": proxies, "PRAKSIS_STRANGER_MAILS_PER_SOURCE": "1"}
    with served(database_url("intake"), tmp_path, **limits) as client:
        assert [ask(client, f"192.0.2.{n}") for n in (1, 2, 3, 1)] == [202, 202, 202, 429]
        made_up = [ask(client, "198.51.100.9, 192.0.2.1"), ask(client, "198.51.100.9", "192.0.2.1")]
        assert made_up == [429, 429]  # the proxy adds whom it sees behind what a client has written
        assert ask(client, "2001:db8::1") == 202


@pytest.mark.parametrize("proxies", ["", "none", "10.0.0.1"])
def test_what_anybody_else_writes_is_not_believed(
    database_url: Callable[[str], str], tmp_path: Path, proxies: str
) -> None:
    limits = {"PRAKSIS_TRUSTED_PROXIES": proxies, "PRAKSIS_STRANGER_MAILS_PER_SOURCE": "2"}
    with served(database_url("intake"), tmp_path, **limits) as client:
        assert [ask(client, f"192.0.2.{n}") for n in (1, 2, 3, 4)] == [202, 202, 429, 429]
