"""The people of the demo set at the public HTTP API: what they did once they do not do again."""

import json
from collections.abc import Mapping
from hashlib import sha256
from threading import Lock
from typing import Any
from urllib.parse import urljoin

import httpx

from local.story.telling import Unexpected

_REPLAYED = "Idempotency-Replayed"


class People:
    """Everybody over one pool of connections; may be used from several threads. `urls` holds each service's address.

    The key of a request follows from who sends what to where, so that one that is sent again gets its first answer.
    """

    def __init__(self, urls: Mapping[str, str]) -> None:
        self._urls = urls
        self._http = httpx.Client(trust_env=False, timeout=60)
        self._tokens: dict[str, str] = {}
        self._lock = Lock()
        self.done = 0
        """How many requests had an effect of their own."""
        self.repeated = 0
        """How many were answered as they had been before."""

    def close(self) -> None:
        """Give back the connections."""
        self._http.close()

    def get(self, who: str, path: str, service: str = "intake") -> Any:
        """The document at `/api/v1/<path>`. Raises `Unexpected` for anything but a success."""
        answer = self._http.get(self._address(service, path), headers=self._signed_in(who))
        return _success(answer).json()

    def every(self, who: str, path: str) -> list[dict[str, Any]]:
        """What stands on all pages of a list. Raises `Unexpected` like `get`."""
        found: list[dict[str, Any]] = []
        address = self._address("intake", path)
        while address:
            answer = _success(self._http.get(address, headers=self._signed_in(who)))
            found.extend(answer.json())
            following = answer.links.get("next")
            address = urljoin(address, following["url"]) if following else ""
        return found

    def find(self, who: str, path: str, service: str = "intake") -> Any:
        """Like `get`, or nothing where there is no such document yet."""
        answer = self._http.get(self._address(service, path), headers=self._signed_in(who))
        return None if answer.status_code == httpx.codes.NOT_FOUND else _success(answer).json()

    def version(self, who: str, path: str) -> int:
        """The version of the document at `/api/v1/<path>`."""
        answer = self._http.get(self._address("intake", path), headers=self._signed_in(who))
        return int(_success(answer).headers["ETag"].strip('"'))

    def do(self, who: str | None, path: str, body: object = None, **how: Any) -> Any:
        """The answer to a request as `send` sends it. Raises `Unexpected` for anything but a success."""
        answer = _success(self.send(who, path, body, **how))
        return answer.json() if answer.content else None

    def send(
        self,
        who: str | None,
        path: str,
        body: object = None,
        *,
        version: int | None = None,
        service: str = "intake",
        method: str = "POST",
    ) -> httpx.Response:
        """The answer to a request of somebody, or of nobody who is signed in; it may be a refusal."""
        said = json.dumps([who, service, method, path, body], sort_keys=True)
        headers = {"Idempotency-Key": f"demo-{sha256(said.encode()).hexdigest()}"}
        if who is not None:
            headers |= self._signed_in(who)
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        answer = self._http.request(method, self._address(service, path), json=body, headers=headers)
        with self._lock:
            if _REPLAYED in answer.headers:
                self.repeated += 1
            else:
                self.done += 1
        return answer

    def _signed_in(self, who: str) -> dict[str, str]:
        with self._lock:
            if who not in self._tokens:
                answer = self._http.post(self._address("intake", "sign-in"), json={"name": who})
                self._tokens[who] = _success(answer).json()["token"]
            return {"Authorization": f"Bearer {self._tokens[who]}"}

    def _address(self, service: str, path: str) -> str:
        return f"{self._urls[service]}/api/v1/{path}"


def _success(answer: httpx.Response) -> httpx.Response:
    if not answer.is_success:
        request = answer.request
        raise Unexpected(f"{request.method} {request.url.path} was answered {answer.status_code}: {answer.text[:500]}")
    return answer
