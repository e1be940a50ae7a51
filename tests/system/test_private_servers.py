"""The private Postgres and RabbitMQ: what they keep and whom they let in."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import aio_pika
import asyncpg
import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from local.broker import NODE_RECORDS
from local.errors import SetupError
from local.ports import LOOPBACK, free_port, give_back, is_free
from local.postgres import PrivatePostgres
from local.provision import SERVICES, provision, service_url
from local.psql import run_script
from local.rabbitmq import PrivateRabbitMQ
from local.records import Record
from local.servers import OF_A_RUN, MachineServers
from local.state import State
from local.story.client import wait_for

_numbers = count(1)


@pytest.fixture
def folder(servers_folder: Path) -> Iterator[Path]:
    """A folder for servers of the test's own."""
    with TemporaryDirectory(dir=servers_folder) as folder:
        yield Path(folder)


@pytest.fixture
def provisioned(postgres: PrivatePostgres) -> Iterator[Callable[[str], str]]:
    """A fresh database with roles and schemas; gives its address by role."""
    name = f"private_{next(_numbers)}"
    passwords = {service: postgres.secrets.get(f"role-{service}") for service in SERVICES}
    postgres.create_database(name)
    provision(postgres.admin_url(name), passwords)
    yield lambda role: service_url(postgres.admin_url(name), role, passwords[role])
    postgres.drop_database(name)


async def _execute(url: str, *statements: str) -> str | None:
    """Run statements one after the other; returns the first value of the last one."""
    connection = await asyncpg.connect(url)
    try:
        for statement in statements[:-1]:
            await connection.execute(statement)
        value = await connection.fetchval(statements[-1])
        return None if value is None else str(value)
    finally:
        await connection.close()


async def test_postgres_can_be_reached_by_the_driver_and_through_sqlalchemy(postgres: PrivatePostgres) -> None:
    url = postgres.admin_url()
    assert str(await _execute(url, "SHOW server_version_num")) >= "180000"
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://"))
    async with engine.connect() as connection:
        assert (await connection.execute(text("SELECT 1"))).scalar() == 1
    await engine.dispose()


async def test_postgres_lets_nobody_in_without_the_password(postgres: PrivatePostgres) -> None:
    for password in ("", "wrong"):
        with pytest.raises(asyncpg.InvalidPasswordError):
            await _execute(f"postgresql://postgres:{password}@{LOOPBACK}:{postgres.port}/postgres", "SELECT 1")


def test_postgres_keeps_its_data_and_its_port_over_a_restart(folder: Path) -> None:
    server = PrivatePostgres(folder / "postgres", durable=False)
    try:
        server.start()
        port = server.port
        asyncio.run(_execute(server.admin_url(), "CREATE TABLE kept AS SELECT 42 AS n", "SELECT n FROM kept"))
        server.restart()
        assert server.port == port
        assert asyncio.run(_execute(server.admin_url(), "SELECT n FROM kept")) == "42"
    finally:
        server.stop()


def test_a_database_is_made_once_and_dropped_once_whatever_its_name(postgres: PrivatePostgres) -> None:
    name = 'o\'dd "name"'
    for _ in range(2):
        postgres.create_database(name)
    assert asyncio.run(_execute(postgres.admin_url(name), "SELECT current_database()")) == name
    for _ in range(2):
        postgres.drop_database(name)
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        asyncio.run(_execute(postgres.admin_url(name), "SELECT 1"))


async def test_provisioning_again_changes_nothing_but_the_passwords(
    postgres: PrivatePostgres, provisioned: Callable[[str], str]
) -> None:
    await _execute(provisioned("intake"), "CREATE TABLE kept AS SELECT 42 AS n", "SELECT n FROM kept")
    database = provisioned("intake").rpartition("/")[2]
    passwords = {service: postgres.secrets.get(f"role-{service}") for service in SERVICES}
    provision(postgres.admin_url(database), passwords)
    assert await _execute(provisioned("intake"), "SELECT n FROM kept") == "42"


def test_provisioning_says_what_postgres_refused(postgres: PrivatePostgres) -> None:
    with pytest.raises(SetupError, match="does not exist"):
        provision(postgres.admin_url("no_such_database"), dict.fromkeys(SERVICES, "x"))


def test_rabbitmq_knows_nobody_but_praksis(rabbitmq: PrivateRabbitMQ) -> None:
    users = f"{rabbitmq.management_url}/api/users"
    for name, password in (("guest", "guest"), ("praksis", "wrong")):
        assert httpx.get(users, auth=(name, password), trust_env=False).status_code == httpx.codes.UNAUTHORIZED
    known = httpx.get(users, auth=("praksis", rabbitmq.password), trust_env=False).json()
    assert [user["name"] for user in known] == ["praksis"]


async def test_rabbitmq_has_its_plugins_and_virtual_hosts(rabbitmq: PrivateRabbitMQ) -> None:
    name = "a vhost/with signs"
    for _ in range(2):
        rabbitmq.add_vhost(name)
    async with await aio_pika.connect(rabbitmq.amqp_url(name)) as connection:
        channel = await connection.channel()
        await channel.declare_exchange("partitions", "x-consistent-hash", auto_delete=True)
    for _ in range(2):
        rabbitmq.remove_vhost(name)


def test_a_port_is_handed_out_once_whichever_processes_ask() -> None:
    port = free_port()
    elsewhere = f"from local.ports import free_port; print(free_port({port}) == {port})"
    handed_out = []
    for _ in ("while it is ours", "when it was given back"):
        asked = subprocess.run([sys.executable, "-c", elsewhere], capture_output=True, text=True, check=True)
        handed_out.append(asked.stdout.strip())
        give_back(port)
    assert handed_out == ["False", "True"]


def test_a_port_that_is_taken_is_avoided(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not is_free(port)
        found = free_port(port)
        assert found != port
        assert is_free(found)
        give_back(found)
        assert free_port(found) == found
        give_back(found)
    server = PrivatePostgres(folder / "postgres", durable=False)
    try:
        server.start()
        first = server.port
        server.stop()
        with socket.socket() as thief:
            thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            thief.bind((LOOPBACK, first))
            thief.listen()
            server.start()
            assert server.port != first
    finally:
        server.stop()


def test_servers_that_were_killed_are_brought_back_where_they_were_with_what_they_had(folder: Path) -> None:
    """Takes servers of its own, since it kills them."""
    with State(folder / "state") as state:
        servers = MachineServers(state, environment={})
        try:
            servers.start()
            servers.postgres.create_database("kept")
            servers.rabbitmq.add_vhost("kept")
            before = servers.database_url, servers.amqp_url
            assert servers.bring_back() == []
            for record in ("postgres/process.json", f"rabbitmq/{NODE_RECORDS[0]}"):
                running = Record.read(state.folder / record)
                assert running is not None
                os.kill(running.pid, signal.SIGKILL)
            wait_for("both have ended", lambda: servers.postgres.has_ended and servers.rabbitmq.has_ended)
            assert servers.bring_back() == ["postgres", "rabbitmq"]
            assert (servers.database_url, servers.amqp_url) == before
            run_script(servers.postgres.admin_url("kept"), "select 1", {})
            assert servers.rabbitmq.connections("kept") == {}
        finally:
            servers.stop()


@pytest.mark.parametrize(
    ("environment", "own"),
    [
        ({"PRAKSIS_AMQP_URL": "amqp://a:b@host/"}, True),
        ({"PRAKSIS_AMQP_URL": "amqp://a:b@host/", OF_A_RUN: "amqp://a:b@127.0.0.1:8133/"}, True),
        ({"PRAKSIS_AMQP_URL": "amqp://a:b@127.0.0.1:8133/", OF_A_RUN: "amqp://a:b@127.0.0.1:8133/"}, False),
        ({OF_A_RUN: "amqp://a:b@127.0.0.1:8133/"}, False),
    ],
)
def test_the_broker_of_a_run_is_no_server_of_ones_own(environment: dict[str, str], own: bool, folder: Path) -> None:
    servers = MachineServers(State(folder), environment=environment)
    if own:
        assert servers.amqp_url == environment["PRAKSIS_AMQP_URL"]
    else:
        with pytest.raises(SetupError, match="was not started"):
            _ = servers.amqp_url
