"""A run that is killed leaves no process behind, and the next one finds all that it had."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import aio_pika
import asyncpg

from local.postgres import PrivatePostgres
from local.rabbitmq import PrivateRabbitMQ

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


def test_what_a_killed_run_had_is_found_again_and_nothing_stays_behind(servers_folder: Path) -> None:
    with TemporaryDirectory(dir=servers_folder) as name:
        _kill_and_start_again(Path(name))


def _kill_and_start_again(folder: Path) -> None:
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
        assert asyncio.run(_find_it(database_url, amqp_url)) == (42, b"kept")
        belonging = _descendants(os.getpid(), folder)
    finally:
        rabbitmq.stop()
        postgres.stop()
    _wait_until(lambda: not _mentioning(folder))
    _wait_until(lambda: not [name for pid, name in belonging.items() if _name(pid) == name])


async def _leave_something(database_url: str, amqp_url: str) -> None:
    database = await asyncpg.connect(database_url)
    await database.execute("CREATE TABLE kept AS SELECT 42 AS n")
    await database.close()
    async with await aio_pika.connect(amqp_url) as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue("kept", durable=True, arguments={"x-queue-type": "quorum"})
        message = aio_pika.Message(b"kept", delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
        await channel.default_exchange.publish(message, queue.name)


async def _find_it(database_url: str, amqp_url: str) -> tuple[int, bytes]:
    database = await asyncpg.connect(database_url)
    number = await database.fetchval("SELECT n FROM kept")
    await database.close()
    async with await aio_pika.connect(amqp_url) as connection:
        queue = await (await connection.channel()).get_queue("kept")
        message = await queue.get(no_ack=True, timeout=10)
        assert message is not None
        return number, message.body


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
