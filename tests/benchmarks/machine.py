"""What a result was measured on."""

import asyncio
import os
import platform
from importlib.metadata import distribution, distributions
from pathlib import Path

from benchmarks import broker
from benchmarks.plan import PEERS
from benchmarks.servers import BenchServers

from local.errors import SetupError
from local.psql import run_script

_LIBRARIES = ("aio-pika", "asyncpg", "sqlalchemy", "pydantic", "faststream")
_PEERS = ("faststream-outbox", "dramatiq", "celery", "procrastinate")


def describe(servers: BenchServers) -> dict[str, str]:
    """Cores and versions; the servers must run."""
    return {
        "cores": str(len(os.sched_getaffinity(0))),
        "processor": _processor(),
        "system": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "Postgres": run_script(servers.postgres.admin_url(), "show server_version").strip(),
        "RabbitMQ": asyncio.run(broker.version(servers.rabbitmq.amqp_url())),
        **{name: distribution(name).version for name in _LIBRARIES},
        **{name: _peer(name) for name in _PEERS},
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except FileNotFoundError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")


def _peer(name: str) -> str:
    found = next((each for each in distributions(path=[str(PEERS)]) if each.name == name), None)
    if found is None:
        raise SetupError(f"{name} is not installed. Type: make setup-bench")
    return found.version
