"""The whole path by procrastinate, a queue in Postgres: a job per fact, deferred in the transaction of its row.

As its documentation has it: the job goes by the connection of the transaction that writes the row; workers in processes
of their own, one per core, and in each an asynchronous task that runs several times at once, with as many connections;
they listen for new jobs, delete those that have succeeded, which keeps the table small, and log warnings only: their
default is two lines per job.
"""

import os
import time
from functools import cache

import asyncpg
from benchmarks.child import Outcome, Parent, Task
from benchmarks.kernel import PhaseStarted
from benchmarks.places import CONSUMER, SOURCE
from benchmarks.sides import plain, working
from procrastinate import App, PsycopgConnector  # type: ignore[import-not-found]
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

WORKERS = plain.CORES
CONCURRENCY = 10
_SCHEMA = "procrastinate"
_IN_SCHEMA = {"options": f"-c search_path={_SCHEMA}"}
_GRANTS = f"""
grant usage on schema {_SCHEMA} to {SOURCE}, {CONSUMER};
grant all on all tables in schema {_SCHEMA} to {SOURCE}, {CONSUMER};
grant all on all sequences in schema {_SCHEMA} to {SOURCE}, {CONSUMER};
grant execute on all functions in schema {_SCHEMA} to {SOURCE}, {CONSUMER};
"""


def _connector(url: str, connections: int) -> PsycopgConnector:
    return PsycopgConnector(conninfo=url, kwargs=_IN_SCHEMA, min_size=1, max_size=connections)


app = App(connector=_connector(os.environ.get(plain.CONSUMER_URL, ""), CONCURRENCY))


async def prepare(task: Task, parent: Parent) -> Outcome:
    """Its tables, which the writer's role and the worker's have in common, and that of what has been doubled."""
    began = time.monotonic()
    connection = await asyncpg.connect(task.place.admin_url)
    await connection.execute(f"create schema {_SCHEMA}")
    with app.replace_connector(_connector(task.place.admin_url, 1)):
        async with app.open_async():
            await app.schema_manager.apply_schema_async()
    await connection.execute(_GRANTS)
    await connection.close()
    await plain.make_table(task)
    return Outcome(began, time.monotonic())


async def write(task: Task, parent: Parent) -> Outcome:
    """A commit per fact with its job."""
    engine = plain.source(task, "psycopg", connect_args=_IN_SCHEMA)

    async def write_one(happened: PhaseStarted) -> None:
        async with engine.begin() as connection:
            await plain.keep(connection, happened)
            own = (await connection.get_raw_connection()).driver_connection
            await note_phase.configure(connection=own).defer_async(**plain.fact_of(happened))

    with app.replace_connector(_connector(task.place.source_url, 1)):
        async with app.open_async():
            return await plain.write_all(task, engine, write_one)


async def work(task: Task, parent: Parent) -> Outcome:
    """Its own command, until every fact has had its effect and no job is left."""
    watching = await asyncpg.connect(task.place.admin_url)

    async def ready() -> bool:
        return bool(await watching.fetchval(f"select count(*) from {_SCHEMA}.procrastinate_workers") == WORKERS)

    command = ("procrastinate", f"--app={__name__}.app", "--log-level=warning", "worker", "--delete-jobs=successful")
    outcome = await working.work(task, parent, (*command, f"--concurrency={CONCURRENCY}"), ready, copies=WORKERS)
    if left := await watching.fetchval(f"select count(*) from {_SCHEMA}.procrastinate_jobs"):
        raise RuntimeError(f"{left} jobs are left")
    await watching.close()
    return outcome


@app.task(name="note_phase")  # type: ignore[untyped-decorator]
async def note_phase(course_id: str, phase: str, on: str) -> None:
    """The task."""
    async with _consumer().begin() as connection:
        await connection.run_sync(plain.take_effect, {"course_id": course_id, "phase": phase, "on": on})


@cache
def _consumer() -> AsyncEngine:
    return create_async_engine(plain.driven_by("psycopg", os.environ[plain.CONSUMER_URL]), pool_size=CONCURRENCY)
