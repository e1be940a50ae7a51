"""Addresses are those of the settings, whatever a request says of where it was sent."""

import re

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.testclient import TestClient
from web_demo import demo_application

from shared.database import Database
from shared.web.access import public

HOME = "http://127.0.0.1:8101"
probe = APIRouter(dependencies=[public])


@probe.get("/probe", name="probed")
async def told(request: Request) -> JSONResponse:
    """Every address that can be made from a request."""
    return JSONResponse(
        [str(request.url), str(request.base_url), str(request.url_for("probed")), request.headers["host"]]
    )


@pytest.fixture
def app(no_database: Database) -> FastAPI:
    return demo_application(no_database, routers=(probe,))


@pytest.mark.parametrize(
    "claims",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:8101", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"},
        {"Host": "127.0.0.1:8101@evil.example", "Forwarded": "host=evil.example;proto=https"},
    ],
)
def test_no_address_is_made_of_what_a_request_claims(client: TestClient, claims: dict[str, str]) -> None:
    assert client.get("/probe", headers=claims).json() == [
        f"{HOME}/probe",
        f"{HOME}/",
        f"{HOME}/probe",
        "127.0.0.1:8101",
    ]
    slash = client.get("/probe/?x=1", headers=claims)
    assert (slash.status_code, slash.headers["Location"]) == (307, "/probe?x=1")


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8101", "127.0.0.1.evil.example", "127.0.0.2", "[", ""])
def test_in_production_another_host_is_refused(production: TestClient, host: str) -> None:
    answer = production.get("/api/openapi.json", headers={"Host": host, "X-Forwarded-Host": "127.0.0.1"})
    assert (answer.status_code, answer.json()["type"]) == (421, "/problems/unknown-host")
    assert production.get("/health/live", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8101", "127.0.0.1:443"])
def test_in_production_our_own_host_is_served(production: TestClient, host: str) -> None:
    assert production.get("/api/openapi.json", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/probe", "GET, HEAD"),
        ("OPTIONS", "/probe", "GET, HEAD"),
        ("DELETE", "/sign-in", "GET, HEAD, POST"),
        ("GET", "/sign-out", "POST"),
        ("HEAD", "/sign-out", "POST"),
        ("POST", "/static/praksis/praksis.css", "GET, HEAD"),
    ],
)
def test_whoever_uses_another_method_is_told_exactly_which_are_taken(
    client: TestClient, method: str, path: str, allowed: str
) -> None:
    answer = client.request(method, path)
    assert (answer.status_code, answer.headers["Allow"]) == (405, allowed)


@pytest.mark.parametrize("path", ["/probe", "/sign-in", "/static/praksis/praksis.css"])
def test_what_is_told_to_be_taken_is_taken(client: TestClient, path: str) -> None:
    for method in re.split(", ", client.request("PATCH", path).headers["Allow"]):
        assert client.request(method, path).status_code != 405
