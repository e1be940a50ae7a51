"""What is told of sign-ins and refusals: a line and a number each, and nothing about a person."""

import json
import re
import socket
from collections.abc import Mapping

import httpx
import pytest
import structlog
from fastapi import FastAPI
from starlette.testclient import TestClient
from structlog.typing import EventDict
from web_demo import token_of

from shared.identity import Role
from shared.monitoring.numbers import REGISTRY
from shared.sessions.tokens import Audience
from shared.web.numbers import claim_port
from shared.web.security import Occurrence

JSON = {"Accept": "application/json"}


def counted() -> dict[str, float]:
    found = {
        kind.value: REGISTRY.get_sample_value(
            "praksis_security_events_total", {"service": "intake", "kind": kind.value}
        )
        for kind in Occurrence
    }
    return {kind: number or 0.0 for kind, number in found.items()}


def csrf(client: TestClient, path: str) -> str:
    found = re.search(r'name="_csrf" value="([^"]+)"', client.get(path, headers={"Accept": "text/html"}).text)
    assert found is not None
    return found[1]


def lines_of(lines: list[EventDict]) -> list[EventDict]:
    return [line for line in lines if line["event"] == "security"]


def bearer(role: Role) -> Mapping[str, str]:
    return JSON | {"Authorization": f"Bearer {token_of(role, 'local:somebody')}"}


@pytest.mark.parametrize(
    ("method", "path", "headers", "kind", "level", "route"),
    [
        ("GET", "/api/v1/things/mine", JSON, "not-signed-in", "info", "/api/v1/things/mine"),
        ("GET", "/cases", {"Accept": "text/html"}, "not-signed-in", "info", "/cases"),
        ("GET", "/cases", JSON | {"Authorization": "Bearer x"}, "session-not-valid", "warning", "/cases"),
        ("GET", "/cases", JSON | {"Cookie": "praksis_session=x"}, "session-not-valid", "warning", "/cases"),
        ("GET", "/cases", bearer(Role.APPLICANT), "not-allowed", "warning", "/cases"),
        ("POST", "/demo", bearer(Role.APPLICANT), "form-token-invalid", "warning", "/demo"),
        ("POST", "/sign-in", JSON, "form-token-invalid", "warning", "/sign-in"),
    ],
)
def test_a_refusal_is_one_line_and_one_number(
    client: TestClient, method: str, path: str, headers: Mapping[str, str], kind: str, level: str, route: str
) -> None:
    before = counted()
    with structlog.testing.capture_logs() as lines:
        client.request(method, path, headers=dict(headers))
    (line,) = lines_of(lines)
    in_session = headers.get("Authorization", "x").count(".") > 0
    assert (line["kind"], line["log_level"], line["method"], line["route"]) == (kind, level, method, route)
    assert {*line} == {"event", "log_level", "kind", "method", "route", "session"}
    assert (line["session"] is not None) is in_session
    assert {each: number - before[each] for each, number in counted().items() if number != before[each]} == {kind: 1.0}


def test_signing_in_and_failing_to_is_told_of_without_names(client: TestClient) -> None:
    with structlog.testing.capture_logs() as lines:
        for name in ("clara", "nobody@home.example"):
            client.post("/api/v1/sign-in", json={"name": name})
            client.cookies.clear()
            client.post("/sign-in", data={"_csrf": csrf(client, "/sign-in"), "name": name})
    told = lines_of(lines)
    assert [line["kind"] for line in told] == ["signed-in"] * 2 + ["sign-in-refused"] * 2
    assert "clara" not in json.dumps(told)
    assert "nobody" not in json.dumps(told)


def test_a_host_that_is_not_ours_is_told_of(production: TestClient) -> None:
    with structlog.testing.capture_logs() as lines:
        production.get("/", headers={"Host": "evil.example"})
    assert [line["kind"] for line in lines_of(lines)] == ["unknown-host"]
    assert "evil" not in json.dumps(lines_of(lines))


def test_what_goes_well_is_not_told_of(client: TestClient) -> None:
    client.cookies.set("praksis_session", token_of(Role.CASEWORKER, audience=Audience.PAGES))
    with structlog.testing.capture_logs() as lines:
        assert client.get("/cases").status_code == 200
        assert client.get("/nowhere").status_code == 404
    assert lines_of(lines) == []


def test_the_numbers_are_told_on_a_port_of_their_own(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    monkeypatch.setenv("INTAKE_WEB_MONITOR_PORT", str(port))
    claim_port(app, "intake")
    with TestClient(app) as client:
        client.get("/cases", headers=JSON)
        told = httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False)
        assert client.get("/metrics", headers=JSON).status_code == 404
    assert re.search(r'praksis_security_events_total\{kind="not-signed-in",service="intake"\} [1-9]', told.text)


def test_a_port_that_is_taken_ends_the_process_with_a_sentence(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setenv("INTAKE_WEB_MONITOR_PORT", str(taken.getsockname()[1]))
        with pytest.raises(SystemExit) as ended:
            claim_port(app, "intake")
    assert str(ended.value.code).startswith("INTAKE_WEB_MONITOR_PORT: cannot listen on 127.0.0.1:")
