"""The parts that tests stand on are the real ones: a private Postgres and a private RabbitMQ for the whole run."""

from collections.abc import AsyncIterator, Callable, Iterator
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from built_once import application
from chosen import belongs, needs_no_server
from fresh_databases import FreshDatabases, copies_of
from roomy_memory import folder_in_memory
from service_under_test import ServiceUnderTest
from side_by_side import FilesOrParts, turn
from sqlalchemy import MetaData
from whole_system import PlayedStory, whole_system

from local.postgres import PrivatePostgres
from local.provision import SERVICES, provision, service_url
from local.rabbitmq import PrivateRabbitMQ
from local.state import CHECKOUT
from shared.clock import SystemClock
from shared.database import Database
from shared.migrations import upgrade
from shared.settings import KernelSettings
from shared.tables import kernel_tables

TEMPLATE = "praksis_template"
_numbers = count(1)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--only", help="the tests of a folder, a file or a slice: intake/applications")
    parser.addoption("--without-servers", action="store_true", help="only what needs neither Postgres nor RabbitMQ")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Nothing is read that is not asked for."""
    only = config.getoption("only")
    is_left_out = only and collection_path.name.startswith("test_") and not belongs(collection_path, only)
    return True if is_left_out else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes longer than others begins first."""
    if config.getoption("without_servers"):
        items[:] = [item for item in items if needs_no_server(item)]
    items.sort(key=lambda item: (turn(item.nodeid), item.get_closest_marker("timeout") is None))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> FilesOrParts | None:
    """Files stay together, but for those in parts."""
    return FilesOrParts(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.fixture(scope="session")
def servers_folder() -> Iterator[Path]:
    """A folder that another account may pass through (servers have one when root runs the tests).

    pytest's own folders will not do: every session that begins closes the one above them all again.
    """
    with TemporaryDirectory(prefix="praksis-servers-") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PrivatePostgres]:
    with folder_in_memory("praksis-postgres-") as folder:
        server = PrivatePostgres(folder / "postgres", durable=False)
        try:
            server.start()
            yield server
        finally:
            server.stop()


@pytest.fixture(scope="session")
def rabbitmq(servers_folder: Path) -> Iterator[PrivateRabbitMQ]:
    server = PrivateRabbitMQ(servers_folder / "rabbitmq", durable=False)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def vhost(rabbitmq: PrivateRabbitMQ) -> Iterator[str]:
    """The address of a virtual host of the test's own."""
    name = f"test-{next(_numbers)}"
    rabbitmq.add_vhost(name)
    yield rabbitmq.amqp_url(name)
    rabbitmq.remove_vhost(name)


@pytest.fixture(scope="session")
def template(postgres: PrivatePostgres) -> str:
    """A database with the roles, schemas and tables of all services, to be copied."""
    postgres.create_database(TEMPLATE)
    admin_url = postgres.admin_url(TEMPLATE)
    passwords = {service: postgres.secrets.get(f"role-{service}") for service in SERVICES}
    provision(admin_url, passwords)
    for service in SERVICES:
        upgrade(service, service_url(admin_url, service, passwords[service]), CHECKOUT)
    return TEMPLATE


@pytest.fixture(scope="session")
def fresh_databases(postgres: PrivatePostgres, template: str) -> Iterator[FreshDatabases]:
    with copies_of(postgres, template) as fresh:
        yield fresh


@pytest.fixture
def database_url(postgres: PrivatePostgres, fresh_databases: FreshDatabases) -> Iterator[Callable[[str], str]]:
    """The address of a fresh database, by the service whose role is to use it."""
    name = fresh_databases.take()
    yield lambda service: service_url(postgres.admin_url(name), service, postgres.secrets.get(f"role-{service}"))
    fresh_databases.give_back(name)


@pytest.fixture
def empty(postgres: PrivatePostgres, template: str) -> Iterator[Callable[[str], str]]:
    """A database with roles and schemas and no table, by the service that is to have them."""
    name = f"empty_{next(_numbers)}"
    postgres.create_database(name)
    passwords = {service: postgres.secrets.get(f"role-{service}") for service in SERVICES}
    provision(postgres.admin_url(name), passwords)
    yield lambda service: service_url(postgres.admin_url(name), service, passwords[service])
    postgres.drop_database(name)


@pytest.fixture
async def database(database_url: Callable[[str], str]) -> AsyncIterator[Database]:
    """The kernel on a schema of its own, with its tables and no service."""
    metadata = MetaData(schema="intake")
    database = Database(database_url("intake"), service="intake", tables=kernel_tables(metadata), clock=SystemClock())
    yield database
    await database.close()


@pytest.fixture
def kernel_settings(tmp_path: Path) -> KernelSettings:
    return KernelSettings(
        environment="development",
        session_secret="not one to keep, since this is a test",
        static=CHECKOUT / "shared" / "frontend" / "node_modules",
        clock_file=tmp_path / "clock",
        stranger_mails_per_source=100_000,  # what is limited has tests of its own; all others come from one source
        stranger_mails=1_000_000,
    )


@pytest.fixture
async def intake_service(
    kernel_settings: KernelSettings, database_url: Callable[[str], str], tmp_path: Path
) -> AsyncIterator[ServiceUnderTest]:
    app = application("intake", kernel_settings, database_url("intake"), tmp_path / "attachments")
    async with ServiceUnderTest(app, kernel_settings) as service:
        yield service


@pytest.fixture
async def scheduling_service(
    kernel_settings: KernelSettings, database_url: Callable[[str], str], tmp_path: Path
) -> AsyncIterator[ServiceUnderTest]:
    app = application("scheduling", kernel_settings, database_url("scheduling"), tmp_path / "attachments")
    async with ServiceUnderTest(app, kernel_settings) as service:
        yield service


@pytest.fixture
async def reporting_service(
    kernel_settings: KernelSettings, database_url: Callable[[str], str], tmp_path: Path
) -> AsyncIterator[ServiceUnderTest]:
    app = application("reporting", kernel_settings, database_url("reporting"), tmp_path / "attachments")
    async with ServiceUnderTest(app, kernel_settings) as service:
        yield service


@pytest.fixture(scope="module")
def played(
    postgres: PrivatePostgres, rabbitmq: PrivateRabbitMQ, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PlayedStory]:
    """A system of the module's own, so that none finds what another has left there."""
    name = f"played-{next(_numbers)}"
    with whole_system(postgres, rabbitmq, tmp_path_factory.mktemp(name), name) as whole:
        report = whole.story().play()
        yield PlayedStory(whole, report, whole.facts())
