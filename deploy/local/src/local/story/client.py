"""Somebody who uses the public HTTP API of the three services, and nothing else."""

import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from uuid import uuid4

import httpx

Found = TypeVar("Found")

POLL_SECONDS = 0.05


class NeverHappened(Exception):
    """What was waited for has not happened in time; the message says what it was."""


class Client:
    """The API as one signed-in person sees it. `urls` holds each service's address."""

    def __init__(self, urls: Mapping[str, str], name: str) -> None:
        self._urls = urls
        self._http = httpx.Client(trust_env=False, timeout=30)
        answer = self._http.post(f"{urls['intake']}/api/v1/sign-in", json={"name": name})
        answer.raise_for_status()
        self._http.headers["Authorization"] = f"Bearer {answer.json()['token']}"

    def get(self, service: str, path: str) -> Any:
        """The document at `/api/v1/<path>`. Raises `httpx.HTTPStatusError` for anything but a success."""
        answer = self._http.get(self._address(service, path))
        answer.raise_for_status()
        return answer.json()

    def post(self, service: str, path: str, body: object = None, version: int | None = None) -> httpx.Response:
        """Send `body` under a fresh idempotency key, and with `If-Match` where a version is given."""
        headers = {"Idempotency-Key": str(uuid4())}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        return self._http.post(self._address(service, path), json=body, headers=headers)

    def close(self) -> None:
        """Give back the connections."""
        self._http.close()

    def _address(self, service: str, path: str) -> str:
        return f"{self._urls[service]}/api/v1/{path}"


def wait_for(what: str, look: Callable[[], Found | None], seconds: float = 60.0) -> Found:
    """Look again and again until something is there. Raises `NeverHappened` when it is not there in time."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        if time.monotonic() > deadline:
            raise NeverHappened(f"{what}, not within {seconds:.0f} seconds")
        time.sleep(POLL_SECONDS)
    return found
