"""Real workers, whose connections are cut, whose queue is deleted and whose leader is stopped, tell so and recover."""

import asyncio
import os
import re
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote, urlsplit

import httpx
import pytest
from aio_pika import connect

from local.errors import SetupError
from local.ports import LOOPBACK, free_port, give_back
from local.processes import Command, Process
from local.provision import prepare
from local.rabbitmq import PrivateRabbitMQ
from local.state import CHECKOUT

SERVICE = "reporting"


class RunningWorker:
    """A worker in a process of its own, and what it tells of itself."""

    def __init__(self, process: Process, port: int) -> None:
        self.process = process
        self.port = port

    def get(self, path: str) -> httpx.Response | None:
        """The answer, or nothing if there is none."""
        with httpx.Client(trust_env=False, timeout=5) as client:
            try:
                return client.get(f"http://{LOOPBACK}:{self.port}{path}")
            except httpx.TransportError:
                return None

    def is_ready(self) -> bool:
        answer = self.get("/health/ready")
        return answer is not None and answer.status_code == 200

    def number(self, name: str) -> float:
        """One of the numbers without labels of its own."""
        answer = self.get("/metrics")
        assert answer is not None
        (line,) = [line for line in answer.text.splitlines() if line.startswith(f'{name}{{service="{SERVICE}"}}')]
        return float(line.split()[-1])

    def until(self, look: Callable[[], bool], seconds: float) -> None:
        self.process.wait_until(look, seconds)


class Broker:
    """What an administrator of the broker sees and does, in one virtual host."""

    def __init__(self, rabbitmq: PrivateRabbitMQ, amqp_url: str) -> None:
        self._amqp_url = amqp_url
        self._vhost = urlsplit(amqp_url).path.removeprefix("/")
        self._client = httpx.Client(
            base_url=f"{rabbitmq.management_url}/api/", auth=("praksis", rabbitmq.password), trust_env=False, timeout=30
        )

    def connections(self) -> set[str]:
        return {each["name"] for each in self._get(f"vhosts/{self._vhost}/connections")}

    def queues(self) -> set[str]:
        """The queues by which events come to the service."""
        names = {each["name"] for each in self._get(f"queues/{self._vhost}")}
        return {name for name in names if name.startswith(f"praksis.{SERVICE}.") and not name.endswith(".dead")}

    def are_all_read(self) -> bool:
        """Whether the service has queues, and each has a consumer; the management pages know that seconds later."""
        queues = self.queues()
        return bool(queues) and all(consumers > 0 for consumers in asyncio.run(self._consumers(queues)))

    async def _consumers(self, queues: set[str]) -> list[int]:
        async with await connect(self._amqp_url, timeout=10) as connection:
            channel = await connection.channel()
            found = [await channel.declare_queue(name, passive=True) for name in queues]
            return [queue.declaration_result.consumer_count or 0 for queue in found]

    def cut(self, name: str) -> None:
        self._client.delete(f"connections/{quote(name, safe='')}")

    def delete_queue(self, name: str) -> None:
        assert self._client.delete(f"queues/{self._vhost}/{name}").is_success

    def _get(self, path: str) -> list[dict[str, Any]]:
        answer = self._client.get(path)
        answer.raise_for_status()
        found: list[dict[str, Any]] = answer.json()
        return found


class Start(Protocol):
    """Starts one more worker of the service; its port is chosen for it unless given."""

    def __call__(self, port: int | None = None) -> RunningWorker: ...


@pytest.fixture
def broker(rabbitmq: PrivateRabbitMQ, vhost: str) -> Broker:
    return Broker(rabbitmq, vhost)


@pytest.fixture
def start(database_url: Callable[[str], str], vhost: str, tmp_path: Path) -> Iterator[Start]:
    """Starts workers of one service, and ends them with the test."""
    prepare(SERVICE, database_url(SERVICE), vhost)
    started: list[RunningWorker] = []

    def start_one(port: int | None = None) -> RunningWorker:
        name = f"worker-{len(started) + 1}"
        port = port or free_port()
        environment = {
            **{key: os.environ[key] for key in ("PATH", "PYTHONPATH") if key in os.environ},
            "PRAKSIS_ENVIRONMENT": "development",
            "REPORTING_DATABASE_URL": database_url(SERVICE),
            "REPORTING_AMQP_URL": vhost,
            "REPORTING_MONITOR_PORT": str(port),
        }
        command = Command(
            name=name,
            arguments=[sys.executable, "-m", f"{SERVICE}.worker"],
            environment=environment,
            folder=CHECKOUT,
            log=tmp_path / f"{name}.log",
            record=tmp_path / f"{name}.json",
        )
        worker = RunningWorker(Process(command), port)
        started.append(worker)
        worker.process.start()
        return worker

    yield start_one
    for worker in started:
        worker.process.stop()
        give_back(worker.port)


def test_it_becomes_ready_and_says_what_it_is(start: Start, broker: Broker) -> None:
    worker = start()
    worker.until(worker.is_ready, 20)
    assert broker.are_all_read()
    worker.until(lambda: worker.number("praksis_relay_leads") == 1, 5)
    assert worker.number("praksis_inbox_consumes") == 1


def test_cut_connections_bring_its_consumers_back_within_ten_seconds(start: Start, broker: Broker) -> None:
    worker = start()
    worker.until(worker.is_ready, 20)
    worker.until(lambda: len(broker.connections()) >= 3, 10)  # the broker lists them with a delay
    before = broker.connections()
    for name in before:
        broker.cut(name)
    time.sleep(0.5)  # it has noticed
    worker.until(lambda: worker.is_ready() and broker.are_all_read(), 9.5)
    worker.until(lambda: not broker.connections() & before, 10)
    assert worker.is_ready()


def test_it_is_ready_again_once_a_deleted_queue_has_been_made_good(start: Start, broker: Broker) -> None:
    worker = start()
    worker.until(worker.is_ready, 20)
    (before,) = broker.queues()
    broker.delete_queue(before)
    worker.until(lambda: not worker.is_ready() or broker.queues() - {before} != set(), 10)
    worker.until(lambda: worker.is_ready() and broker.are_all_read(), 10)
    assert before not in broker.queues()


def test_another_takes_the_lead_and_the_queue_when_the_leader_stops(start: Start, broker: Broker) -> None:
    first = start()
    first.until(lambda: first.is_ready() and first.number("praksis_relay_leads") == 1, 20)
    second = start()
    second.until(second.is_ready, 20)  # it stands by
    assert second.number("praksis_relay_leads") == 0
    assert told_to_end(first) == 0
    second.until(lambda: second.number("praksis_relay_leads") == 1, 10)
    second.until(second.is_ready, 5)
    assert broker.are_all_read()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_in_good_order_also_while_somebody_asks(start: Start, number: signal.Signals) -> None:
    worker = start()
    worker.until(worker.is_ready, 20)
    with httpx.Client(trust_env=False) as client, client.stream("GET", f"http://{LOOPBACK}:{worker.port}/metrics"):
        assert told_to_end(worker, number) == 0
    assert worker.get("/health/live") is None


def test_a_worker_that_was_to_be_watched_and_cannot_be_does_not_start(start: Start) -> None:
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
        worker = start(port)
        assert end_of(worker.process) == 1
        assert f"cannot listen on {LOOPBACK}:{port}: Address already in use" in worker.process.last_lines(100)


def told_to_end(worker: RunningWorker, number: signal.Signals = signal.SIGTERM) -> int:
    """Its exit status after the signal."""
    assert worker.process.pid is not None
    os.kill(worker.process.pid, number)
    return end_of(worker.process)


def end_of(process: Process) -> int:
    """The exit status of what ends within ten seconds."""
    deadline = time.monotonic() + 10
    while process.alive:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    with pytest.raises(SetupError) as ended:
        process.require_alive()
    status = re.search(r"\(status (-?\d+)\)", str(ended.value))
    assert status is not None
    return int(status[1])
