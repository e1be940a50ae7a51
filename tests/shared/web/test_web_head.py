import pytest
from starlette.testclient import TestClient
from web_demo import token_of

from shared.identity import Role

PATHS = (
    "/",
    "/health/live",
    "/api/v1/things/mine",
    "/api/v1/things/broken",
    "/nothing",
    "/sign-out",
    "/static/praksis/praksis.css",
)


@pytest.mark.parametrize("path", PATHS)
def test_what_is_there_is_told_without_being_sent(client: TestClient, path: str) -> None:
    headers = {"Authorization": f"Bearer {token_of(Role.CASEWORKER)}"}
    got, asked = client.get(path, headers=headers), client.head(path, headers=headers)
    assert (asked.status_code, asked.content) == (got.status_code, b"")
    assert len(got.content) > 0
    differs = {"date", "traceresponse", "set-cookie"}
    assert {name: value for name, value in asked.headers.items() if name not in differs} == {
        name: value for name, value in got.headers.items() if name not in differs
    }


def test_whoever_is_not_signed_in_is_told_no_more(client: TestClient) -> None:
    assert client.head("/api/v1/things/mine").status_code == 401
