"""Servers that take applications: intake's own, and a bare one that writes the same rows."""

import asyncio
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import asyncpg
import uvicorn
from benchmarks.child import Outcome, Parent, Task
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from uuid_utils.compat import uuid7

from intake.programmes.loading import publish_programmes
from intake.settings import IntakeSettings
from intake.web import create
from local.state import CHECKOUT
from shared.settings import KernelSettings

PROGRAMMES = CHECKOUT / "services" / "intake" / "programmes"
CONNECTIONS = 15
"""Of the bare server; as many as ours may open."""
_TABLES = ("application", "participating_daycare", "event", "answer")
"""What one application writes, in this order, beside the counter of its subject."""


async def praksis(task: Task, parent: Parent) -> Outcome:
    """Intake's HTTP process, as it is."""
    kernel = KernelSettings(environment="development", session_secret=SecretStr(token_hex(32)))
    with TemporaryDirectory() as folder:
        settings = IntakeSettings(
            database_url=SecretStr(task.place.admin_url.replace("postgresql://", "postgresql+asyncpg://", 1)),
            attachments=Path(folder),
        )
        app = create(kernel, settings)
        await publish_programmes(app.state.kernel.database, PROGRAMMES)
        return await _serve(app, task, parent)


async def bare(task: Task, parent: Parent) -> Outcome:
    """Starlette and asyncpg alone: a transaction with the rows of one application, as ours left them, under new ids."""
    pool = await asyncpg.create_pool(task.place.admin_url, min_size=1, max_size=CONNECTIONS)
    inserts = [await _insert_like_ours(pool, table) for table in _TABLES]

    async def apply(request: Request) -> JSONResponse:
        json.loads(await request.body())
        changes = {"id": uuid7(), "key": str(uuid4()), "now": datetime.now(UTC)}
        async with pool.acquire() as connection, connection.transaction():
            for statement, values_of in inserts:
                await connection.execute(statement, *values_of(changes))
            await connection.execute(
                "insert into intake.last_sequence (subject, sequence) values ($1, 1)", str(changes["id"])
            )
            await connection.execute("select pg_notify('praksis_intake_relay', '')")
        return JSONResponse({"id": str(changes["id"])}, 201)

    app = Starlette(routes=[Route("/api/v1/applications", apply, methods=["POST"])])
    outcome = await _serve(app, task, parent)
    await pool.close()
    return outcome


async def _serve(app: Any, task: Task, parent: Parent) -> Outcome:
    config = uvicorn.Config(
        app, host="127.0.0.1", port=task.options["port"], access_log=False, log_config=None, server_header=False
    )
    server = uvicorn.Server(config)
    began = time.monotonic()
    serving = asyncio.create_task(server.serve())
    while not server.started and not serving.done():
        await asyncio.sleep(0.05)
    parent.ready()
    await parent.stop.wait()
    server.should_exit = True
    await serving
    return Outcome(began, time.monotonic())


async def _insert_like_ours(pool: asyncpg.Pool, table: str) -> tuple[str, Callable[[dict[str, Any]], list[Any]]]:
    """A statement that inserts the row that ours has written last, and its values with the ids of another one."""
    columns = [
        row["column_name"]
        for row in await pool.fetch(
            "select column_name from information_schema.columns where table_schema = 'intake' and table_name = $1"
            " and is_identity = 'NO' order by ordinal_position",
            table,
        )
    ]
    row = await pool.fetchrow(f"select {', '.join(columns)} from intake.{table} order by ctid desc limit 1")
    assert row is not None
    marks = ", ".join(f"${number}" for number in range(1, len(columns) + 1))
    statement = f"insert into intake.{table} ({', '.join(columns)}) values ({marks})"
    new = {"application": {"id": "id"}, "participating_daycare": {"application_id": "id"}, "answer": {"key": "key"}}
    replaced = new.get(table, {})

    def values_of(changes: dict[str, Any]) -> list[Any]:
        values = {**row, **{column: changes[name] for column, name in replaced.items()}}
        if table == "event":
            values |= {"id": uuid7(), "subject": str(changes["id"]), "time": changes["now"]}
        return [values[column] for column in columns]

    return statement, values_of
