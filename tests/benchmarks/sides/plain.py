"""An application without Praksis, as the task queues' sides have it: a row per fact here, its effect in a task there.

Both are written by SQLAlchemy, with the statements that are built once: less work than a session's or a unit of work's.
"""

import os
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from uuid import UUID

from benchmarks import kernel
from benchmarks.child import Outcome, Task
from benchmarks.places import CONSUMER
from benchmarks.sides.writing import AT_ONCE, requests
from sqlalchemy import Column, Connection, MetaData, Table, Text, insert
from sqlalchemy.dialects.postgresql import insert as insert_unless_there
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.schema import CreateTable

CORES = len(os.sched_getaffinity(0))
CONSUMER_URL = "BENCH_CONSUMER_URL"
"""The variable that tells a tool's own worker command the consumer's database: no password is in its arguments."""
AMQP_URL = "BENCH_AMQP_URL"
"""The same for the broker."""

Fact = Mapping[str, str]
"""A task's arguments: `course_id`, `phase`, and `on`, a date of ISO 8601."""

doubled = Table("bench_doubled", MetaData(schema=CONSUMER), Column("course_id", Text), Column("phase", Text))
"""The facts that have come to a task once more after they had had their effect."""
_keep = insert(kernel.STATE)
_effect = insert_unless_there(kernel.EFFECT).on_conflict_do_nothing().returning(kernel.EFFECT.c.phase)


async def make_table(task: Task) -> Outcome:
    """The table of what has been doubled."""
    began = time.monotonic()
    engine = create_async_engine(driven_by("asyncpg", task.place.consumer_url))
    async with engine.begin() as connection:
        await connection.execute(CreateTable(doubled))
    await engine.dispose()
    return Outcome(began, time.monotonic())


async def write_all(
    task: Task, engine: AsyncEngine, write: Callable[[kernel.PhaseStarted], Awaitable[None]]
) -> Outcome:
    """What `write` does, for every fact, as many at once as our writer has; the database is known before."""
    async with engine.connect() as first:
        await first.exec_driver_sql("select 1")
    outcome = await requests(task.events, lambda number: write(kernel.event(number, task.events)))
    await engine.dispose()
    return outcome


def source(task: Task, driver: str, **options: object) -> AsyncEngine:
    """The writing service's database, with a connection per request under way."""
    return create_async_engine(driven_by(driver, task.place.source_url), pool_size=AT_ONCE, **options)


async def keep(connection: AsyncConnection, happened: kernel.PhaseStarted) -> None:
    """Write the state row of a fact."""
    await connection.execute(_keep, _row(str(happened.course_id), happened.phase, happened.on.isoformat()))


def fact_of(happened: kernel.PhaseStarted) -> dict[str, str]:
    """A fact as a task's arguments."""
    return {"course_id": str(happened.course_id), "phase": happened.phase, "on": happened.on.isoformat()}


def take_effect(connection: Connection, fact: Fact) -> None:
    """Write the row that is the effect of a fact; that it was there already is noted beside it."""
    row = _row(fact["course_id"], fact["phase"], fact["on"])
    if connection.execute(_effect, row).first() is None:
        connection.execute(insert(doubled), {"course_id": fact["course_id"], "phase": fact["phase"]})


def driven_by(driver: str, url: str) -> URL:
    """The address of a database as SQLAlchemy takes it."""
    return make_url(url).set(drivername=f"postgresql+{driver}")


def _row(course: str, phase: str, on: str) -> dict[str, object]:
    return {"course_id": UUID(course), "phase": phase, "started_on": date.fromisoformat(on)}
