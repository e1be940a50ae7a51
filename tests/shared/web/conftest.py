"""The demonstration service, with a database that answers nobody: most of what the web does needs none."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from sqlalchemy import MetaData
from starlette.testclient import TestClient
from web_demo import NOON, demo_application

from shared.clock import FixedClock
from shared.database import Database
from shared.tables import kernel_tables


@pytest.fixture
def no_database() -> Database:
    nowhere = "postgresql://nobody@127.0.0.1:1/nothing"
    return Database(nowhere, service="intake", tables=kernel_tables(MetaData()), clock=FixedClock(NOON))


@pytest.fixture
def app(no_database: Database) -> FastAPI:
    return demo_application(no_database)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, follow_redirects=False) as client:
        yield client


@pytest.fixture
def production(no_database: Database) -> Iterator[TestClient]:
    app = demo_application(no_database, environment="production")
    with TestClient(app, base_url="https://127.0.0.1:8101", follow_redirects=False) as client:
        yield client
