from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from shared.web.request_limits import DEFAULT_LIMIT

JSON = {"Content-Type": "application/json", "Accept-Language": "en"}


def streamed(size: int) -> Iterator[bytes]:
    yield b'{"name": "clara'
    for _ in range(size // 1024):
        yield b" " * 1024
    yield b'"}'


def test_a_body_of_exactly_the_limit_is_read(client: TestClient) -> None:
    body = b'{"name": "clara"}'.ljust(DEFAULT_LIMIT)
    assert client.post("/api/v1/sign-in", content=body, headers=JSON).status_code == 200


def test_an_announced_body_over_the_limit_is_refused(client: TestClient) -> None:
    body = b'{"name": "clara"}'.ljust(DEFAULT_LIMIT + 1)
    answer = client.post("/api/v1/sign-in", content=body, headers=JSON)
    assert answer.status_code == 413
    assert answer.json() == {
        "type": "/problems/body-too-large",
        "title": "What was sent is too large",
        "status": 413,
        "detail": "At most 256 kB can be sent here at once.",
        "texts": {
            "da": "Der kan højst sendes 256 kB på én gang her.",
            "en": "At most 256 kB can be sent here at once.",
        },
        "parameters": {"limit": 262_144},
        "instance": "/api/v1/sign-in",
    }


@pytest.mark.parametrize("path", ["/api/v1/sign-in", "/sign-in"])
def test_a_streamed_body_over_the_limit_is_refused(client: TestClient, path: str) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = client.post(path, content=streamed(DEFAULT_LIMIT), headers=JSON if "api" in path else form)
    assert (answer.status_code, answer.json()["type"]) == (413, "/problems/body-too-large")


@pytest.mark.parametrize("length", ["-1", "many", "1e3", "0x10"])
def test_a_length_that_is_none_is_refused(client: TestClient, length: str) -> None:
    answer = client.post("/api/v1/sign-in", content=b"{}", headers={**JSON, "Content-Length": length})
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/malformed-request")
