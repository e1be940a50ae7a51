"""Everybody finds the contracts at every service."""

from collections.abc import Iterator

import pytest
from published_contracts import EVENTS
from sqlalchemy import MetaData
from starlette.testclient import TestClient
from web_demo import NOON, demo_application

from shared.catalogue.schemas import index, schema_of
from shared.clock import FixedClock
from shared.contracts.base import Event
from shared.database import Database
from shared.tables import kernel_tables


@pytest.fixture
def client() -> Iterator[TestClient]:
    """Somebody who has not signed in, at a service whose database answers nobody."""
    nowhere = "postgresql://nobody@127.0.0.1:1/nothing"
    database = Database(nowhere, service="intake", tables=kernel_tables(MetaData()), clock=FixedClock(NOON))
    app = demo_application(database, environment="production")
    with TestClient(app, base_url="https://127.0.0.1:8101", follow_redirects=False) as client:
        yield client


def test_the_index_is_there_for_everybody(client: TestClient) -> None:
    answer = client.get("/contracts/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    assert answer.json() == index()


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.routing_key())
def test_every_schema_is_where_the_index_says(client: TestClient, event: type[Event]) -> None:
    addresses = {entry["type"]: entry["schema"] for entry in client.get("/contracts/").json()["contracts"]}
    answer = client.get(addresses[event.type_name()])
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/schema+json")
    assert answer.json() == schema_of(event)


@pytest.mark.parametrize(
    "path",
    [
        "/contracts/intake.RoundOpened.v2.json",
        "/contracts/intake.RoundOpened.json",
        "/contracts/intake.RoundOpened.v1",
        "/contracts/dk.praksis.intake.RoundOpened.v1.json",
        "/contracts/.json",
        "/contracts/index.json",
        "/contracts/%2e%2e/intake.RoundOpened.v1.json",
    ],
)
def test_what_is_no_version_is_not_found(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["type"] == "/problems/not-found"


@pytest.mark.parametrize("path", ["/contracts/", "/contracts/intake.RoundOpened.v1.json"])
def test_contracts_are_only_read(client: TestClient, path: str) -> None:
    answer = client.put(path, json={})
    assert (answer.status_code, answer.json()["type"]) == (405, "/problems/method-not-allowed")
