"""The private Postgres and RabbitMQ: what they keep, whom they let in, and that nothing of them stays behind."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
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

from local.errors import SetupError
from local.ports import LOOPBACK, free_port, give_back, is_free
from local.postgres import PrivatePostgres
from local.provision import SERVICES, provision, service_url
from local.rabbitmq import PrivateRabbitMQ

_numbers = count(1)

# A run of its own, to be killed: starts both servers side by side, as a real run does, and waits.
RUNNER = """
import sys, time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from local.postgres import PrivatePostgres
from local.rabbitmq import PrivateRabbitMQ

folder = Path(sys.argv[1])
servers = PrivatePostgres(folder / "postgres"), PrivateRabbitMQ(folder / "rabbitmq")
with ThreadPoolExecutor() as side_by_side:
    list(side_by_side.map(lambda server: server.start(), servers))
print(servers[0].admin_url(), servers[1].amqp_url(), flush=True)
time.sleep(600)
"""


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
    assert not _mentioning(folder)


def test_a_database_is_made_once_and_dropped_once_whatever_its_name(postgres: PrivatePostgres) -> None:
    name = 'o\'dd "name"'
    for _ in range(2):
        postgres.create_database(name)
    assert asyncio.run(_execute(postgres.admin_url(name), "SELECT current_database()")) == name
    for _ in range(2):
        postgres.drop_database(name)
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        asyncio.run(_execute(postgres.admin_url(name), "SELECT 1"))


async def test_a_role_is_at_home_in_its_own_schema(provisioned: Callable[[str], str]) -> None:
    for role in SERVICES:
        url = provisioned(role)
        assert await _execute(url, "CREATE TABLE thing (n int)", "SELECT to_regclass('thing')::text") == "thing"
        assert await _execute(url, "SELECT current_schema()") == role


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM {sibling}.thing",
        "INSERT INTO {sibling}.thing VALUES (1)",
        "CREATE TABLE {sibling}.other (n int)",
        "DROP SCHEMA {sibling} CASCADE",
        "SET ROLE {sibling}",
        "CREATE SCHEMA of_its_own",
        "CREATE TABLE public.thing (n int)",
        "CREATE TEMPORARY TABLE thing_for_now (n int)",
        "CREATE ROLE accomplice",
        "SELECT pg_read_file('PG_VERSION')",
    ],
)
async def test_a_role_is_refused_everywhere_else(provisioned: Callable[[str], str], statement: str) -> None:
    for role in SERVICES:
        await _execute(provisioned(role), "CREATE TABLE thing (n int)", "SELECT 1")
    for role in SERVICES:
        for sibling in set(SERVICES) - {role}:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await _execute(provisioned(role), statement.format(sibling=sibling), "SELECT 1")


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


def test_what_a_killed_run_had_is_found_again_and_nothing_stays_behind(folder: Path) -> None:
    runner = subprocess.Popen([sys.executable, "-c", RUNNER, str(folder)], stdout=subprocess.PIPE, text=True)
    assert runner.stdout is not None
    database_url, amqp_url = runner.stdout.readline().split()
    asyncio.run(_leave_something(database_url, amqp_url))
    belonging = _descendants(runner.pid)
    assert {"postgres", "beam.smp", "epmd"} <= set(belonging.values())
    postgres, rabbitmq = PrivatePostgres(folder / "postgres"), PrivateRabbitMQ(folder / "rabbitmq")

    runner.send_signal(signal.SIGKILL)
    runner.wait()
    runner.stdout.close()
    # At once, while what the killed one left is still on its way out.
    try:
        postgres.start()
        rabbitmq.start()
        assert not [name for pid, name in belonging.items() if _name(pid) == name]
        # The same ports too, although their owners had only just ended.
        assert (postgres.admin_url(), rabbitmq.amqp_url()) == (database_url, amqp_url)
        assert asyncio.run(_find_it(database_url, amqp_url)) == ("42", b"kept")
        belonging = _descendants(os.getpid(), folder)
    finally:
        rabbitmq.stop()
        postgres.stop()
    _wait_until(lambda: not _mentioning(folder))
    _wait_until(lambda: not [name for pid, name in belonging.items() if _name(pid) == name])


async def _leave_something(database_url: str, amqp_url: str) -> None:
    await _execute(database_url, "CREATE TABLE kept AS SELECT 42 AS n", "SELECT 1")
    async with await aio_pika.connect(amqp_url) as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue("kept", durable=True, arguments={"x-queue-type": "quorum"})
        message = aio_pika.Message(b"kept", delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
        await channel.default_exchange.publish(message, queue.name)


async def _find_it(database_url: str, amqp_url: str) -> tuple[str | None, bytes]:
    number = await _execute(database_url, "SELECT n FROM kept")
    async with await aio_pika.connect(amqp_url) as connection:
        queue = await (await connection.channel()).get_queue("kept")
        message = await queue.get(no_ack=True, timeout=10)
        assert message is not None
        return number, message.body


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


def _processes() -> dict[int, Path]:
    return {int(path.name): path for path in Path("/proc").iterdir() if path.name.isdigit()}


def _stat(pid: int) -> tuple[str, list[str]]:
    try:
        name, _, rest = Path(f"/proc/{pid}/stat").read_text().partition("(")[2].rpartition(")")
    except (FileNotFoundError, ProcessLookupError):
        return "", []
    fields = rest.split()
    # A corpse that nobody has collected yet holds nothing any more.
    return ("", []) if fields[0] in "ZX" else (name, fields)


def _name(pid: int) -> str:
    return _stat(pid)[0]


def _descendants(ancestor: int, mentioned: Path | None = None) -> dict[int, str]:
    """The names of all processes below one, by number; below it and mentioning a folder, if one is given."""
    children: dict[int, list[int]] = {}
    for pid in _processes():
        fields = _stat(pid)[1]
        if fields:
            children.setdefault(int(fields[1]), []).append(pid)
    found: dict[int, str] = {}
    waiting = list(children.get(ancestor, []))
    if mentioned is not None:
        waiting = [pid for pid in waiting if pid in _mentioning(mentioned)]
    while waiting:
        pid = waiting.pop()
        found[pid] = _name(pid)
        waiting += children.get(pid, [])
    return found


def _mentioning(folder: Path) -> set[int]:
    """The processes with this folder on their command line, except this one."""
    found = set()
    for pid, path in _processes().items():
        try:
            command = (path / "cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if pid != os.getpid() and str(folder).encode() in command:
            found.add(pid)
    return found


def _wait_until(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)
