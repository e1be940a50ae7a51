"""The whole path by Celery on RabbitMQ: a task per fact, delayed after the commit of its row.

As its documentation has it: prefork workers; more of them than the default of one per core, as it advises where tasks
wait, here for a commit; 64 messages prefetched for each, of the 50 to 150 that it names for many short tasks;
`acks_late`, so that a worker's crash loses nothing; results ignored, and neither gossip nor mingling nor heartbeats
between workers; persistent messages on a durable queue; publishing without confirms, its default and the fastest. The C
client that its guide mentions has had no release since 2018, and is not used.
"""

import os
from functools import cache

from benchmarks import broker
from benchmarks.child import Outcome, Parent, Task
from benchmarks.kernel import PhaseStarted
from benchmarks.sides import plain, working
from celery import Celery  # type: ignore[import-not-found]
from sqlalchemy import Engine, create_engine

QUEUE = "celery"
CONCURRENCY = 4 * plain.CORES
PREFETCH_MULTIPLIER = 64

app = Celery("bench", broker=os.environ.get(plain.AMQP_URL))
app.conf.update(task_acks_late=True, task_ignore_result=True, worker_prefetch_multiplier=PREFETCH_MULTIPLIER)


async def prepare(task: Task, parent: Parent) -> Outcome:
    """The table of what has been doubled; Celery declares its queue itself."""
    return await plain.make_table(task)


async def write(task: Task, parent: Parent) -> Outcome:
    """A commit per fact, then its task."""
    engine = plain.source(task, "asyncpg")
    app.conf.broker_url = task.place.amqp_url

    async def write_one(happened: PhaseStarted) -> None:
        async with engine.begin() as connection:
            await plain.keep(connection, happened)
        # A write to a socket that nothing answers: a thread for it would cost more than it takes.
        note_phase.delay(**plain.fact_of(happened))

    outcome = await plain.write_all(task, engine, write_one)
    app.close()
    return outcome


async def work(task: Task, parent: Parent) -> Outcome:
    """Its own command, until every fact has had its effect and no message is left."""

    async def ready() -> bool:
        return await broker.consumers_of(task.place.amqp_url, QUEUE) == 1

    command = ("celery", "-A", f"{__name__}:app", "worker", "--pool", "prefork", "--concurrency", str(CONCURRENCY))
    alone = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING")
    outcome = await working.work(task, parent, (*command, *alone), ready)
    await working.require_none_left(task, (QUEUE,))
    return outcome


@app.task(name="note_phase")  # type: ignore[untyped-decorator]
def note_phase(course_id: str, phase: str, on: str) -> None:
    """The task."""
    with _consumer().begin() as connection:
        plain.take_effect(connection, {"course_id": course_id, "phase": phase, "on": on})


@cache
def _consumer() -> Engine:
    # First asked for in a worker's process, after its fork.
    return create_engine(plain.driven_by("psycopg", os.environ[plain.CONSUMER_URL]), pool_size=1)
