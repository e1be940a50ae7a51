"""A projection from nothing: folded from the journal, or copied as rows."""

import time

import asyncpg
from benchmarks import kernel
from benchmarks.child import Outcome, Parent, Task
from benchmarks.places import CONSUMER


async def rebuild(task: Task, parent: Parent) -> Outcome:
    """Every event of the journal into a shadow of the projection, until it has taken the place of the live one."""
    kernel.configure(CONSUMER)
    database = kernel.consumer(task.place)
    began = time.monotonic()
    rebuilt = await kernel.rebuild(task.place, database)
    ended = time.monotonic()
    if rebuilt != task.events:
        raise RuntimeError(f"{rebuilt} of {task.events} events have been rebuilt")
    await database.close()
    return Outcome(began, ended)


async def copy(task: Task, parent: Parent) -> Outcome:
    """The rows that the events come to, by COPY."""
    rows = [kernel.effect_of(kernel.event(number, task.events)) for number in range(task.events)]
    records = [(row.course_id, row.phase, row.started_on) for row in rows]
    began = time.monotonic()
    connection = await asyncpg.connect(task.place.consumer_url)
    await connection.copy_records_to_table("bench_effect", schema_name=CONSUMER, records=records)
    ended = time.monotonic()
    await connection.close()
    return Outcome(began, ended)
