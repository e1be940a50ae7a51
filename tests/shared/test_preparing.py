"""What `python -m <service>.prepare` says where it cannot do its work."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable

import pytest
from sqlalchemy import text

from shared.database import Database


@pytest.mark.parametrize("broken", ["database", "broker", "tables"])
async def test_what_stands_in_the_way_is_said_in_a_sentence(
    broken: str, database_url: Callable[[str], str], vhost: str, database: Database
) -> None:
    """A process of its own, since what it ends with is what is looked at."""
    url, amqp_url = database_url("intake"), vhost
    match broken:
        case "database":
            url = "postgresql://intake:hunter2@127.0.0.1:1/none"
        case "broker":
            amqp_url = "amqp://praksis:hunter2@127.0.0.1:1/"
        case _:
            async with database.work() as work:  # as nobody should leave it: another run has the next number already
                await work.session.execute(text("alter table intake.generation add check (number > 1)"))
                await work.commit()
    ended = await asyncio.to_thread(prepared, url, amqp_url)
    assert ended.returncode == 1
    first, second = ended.stderr.splitlines()[-2:]
    assert first.startswith("intake could not be prepared: ")
    assert second.startswith("Look at INTAKE_DATABASE_URL and INTAKE_AMQP_URL, and what they lead to;")
    assert [word for word in ("Traceback", "hunter2", "INSERT", "insert") if word in ended.stderr] == []


def prepared(url: str, amqp_url: str) -> subprocess.CompletedProcess[str]:
    own = {"INTAKE_DATABASE_URL": url, "INTAKE_AMQP_URL": amqp_url, "PRAKSIS_ENVIRONMENT": "development"}
    return subprocess.run(
        [sys.executable, "-m", "intake.prepare"],
        env={**os.environ, **own},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
