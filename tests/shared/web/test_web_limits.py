from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient
from web_demo import token_of

from shared.identity import Role
from shared.sessions.tokens import Audience
from shared.web.filled import fields_of, words_on
from shared.web.request_limits import DEFAULT_LIMIT
from shared.web.sent_form import MOST_FIELDS

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
        "detail": "This has 256 kB in all. At most 256 kB can be sent here at once.",
        "texts": {
            "da": "Det fylder 256 kB i alt. Der kan højst sendes 256 kB på én gang her.",
            "en": "This has 256 kB in all. At most 256 kB can be sent here at once.",
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


def ticked(client: TestClient, boxes: int) -> dict[str, str | list[str]]:
    """A form with so many boxes ticked, and three other fields."""
    client.cookies.set("praksis_session", token_of(Role.APPLICANT, audience=Audience.PAGES))
    return {"_csrf": fields_of(client.get("/").text)["_csrf"][0], "name": "a", "kind": "a", "themes": ["x"] * boxes}


@pytest.mark.parametrize(("fields", "status"), [(1_001, 303), (MOST_FIELDS, 303), (MOST_FIELDS + 1, 413)])
def test_a_form_has_as_many_fields_as_the_longest_that_is_shown(client: TestClient, fields: int, status: int) -> None:
    form = ticked(client, fields - 3)
    answer = client.post("/demo", data=form, headers={"Accept": "text/html", "Accept-Language": "da"})
    assert answer.status_code == status
    if status == 413:
        assert "Der kan højst sendes 10.100 felter på én gang her." in words_on(answer.text)


@pytest.mark.parametrize("path", ["/demo", "/sign-in", "/sign-out"])
def test_a_form_with_too_many_fields_is_refused_before_one_has_signed_in(client: TestClient, path: str) -> None:
    form = ticked(client, MOST_FIELDS)
    client.cookies.delete("praksis_session")
    answer = client.post(path, data=form, headers={"Accept": "text/html"})
    assert answer.status_code == (303 if path == "/demo" else 413)  # it leads to the sign-in page


@pytest.mark.parametrize("name", ["themes.x", "name.x", ".", "..", "a." * 60, "name", "_boxes", "_stood", "_taken"])
def test_no_name_of_a_field_breaks_a_form(client: TestClient, name: str) -> None:
    form = {**ticked(client, 1), name: ["version", "name", "=", "x=1 ="] * 200}
    assert client.post("/demo", data=form, headers={"Accept": "text/html"}).status_code in (303, 422)
