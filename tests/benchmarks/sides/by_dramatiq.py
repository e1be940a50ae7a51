"""The whole path by Dramatiq on RabbitMQ: a task per fact, sent after the commit of its row.

As its documentation has it: a process per core with eight threads each, its defaults; twice as many messages prefetched
as there are threads ("a small factor", its worker says, so that none waits for the network); persistent messages on a
durable queue; publishing without confirms, its default and the fastest; its default middleware, and no results. A
message is acknowledged after its task.
"""

import os
from functools import cache

import dramatiq  # type: ignore[import-not-found]
from benchmarks import broker
from benchmarks.child import Outcome, Parent, Task
from benchmarks.kernel import PhaseStarted
from benchmarks.sides import plain, working
from dramatiq.brokers.rabbitmq import RabbitmqBroker  # type: ignore[import-not-found]
from sqlalchemy import Engine, create_engine

QUEUE = "default"
QUEUES = (QUEUE, f"{QUEUE}.DQ", f"{QUEUE}.XQ")
"""Where tasks wait, where those wait that failed, and where those are that were given up."""
THREADS = 8
PROCESSES = plain.CORES


async def prepare(task: Task, parent: Parent) -> Outcome:
    """The table of what has been doubled; Dramatiq declares its queues itself."""
    return await plain.make_table(task)


async def write(task: Task, parent: Parent) -> Outcome:
    """A commit per fact, then its task."""
    engine = plain.source(task, "asyncpg")
    actor = _actor(task.place.amqp_url)

    async def write_one(happened: PhaseStarted) -> None:
        async with engine.begin() as connection:
            await plain.keep(connection, happened)
        # A write to a socket that nothing answers: a thread for it would cost more than it takes.
        actor.send(**plain.fact_of(happened))

    outcome = await plain.write_all(task, engine, write_one)
    dramatiq.get_broker().close()
    return outcome


async def work(task: Task, parent: Parent) -> Outcome:
    """Its own command, until every fact has had its effect and no message is left."""

    async def ready() -> bool:
        return await broker.consumers_of(task.place.amqp_url, QUEUE) == PROCESSES

    command = ("dramatiq", f"{__name__}:in_worker", "--processes", str(PROCESSES), "--threads", str(THREADS))
    outcome = await working.work(task, parent, command, ready)
    await working.require_none_left(task, QUEUES)
    return outcome


def in_worker() -> None:
    """What each of the command's processes calls for its broker and tasks."""
    _actor(os.environ[plain.AMQP_URL])


def note_phase(course_id: str, phase: str, on: str) -> None:
    """The task."""
    with _consumer().begin() as connection:
        plain.take_effect(connection, {"course_id": course_id, "phase": phase, "on": on})


def _actor(amqp_url: str) -> "dramatiq.Actor[..., None]":
    dramatiq.set_broker(RabbitmqBroker(url=amqp_url))
    return dramatiq.actor(note_phase, queue_name=QUEUE)


@cache
def _consumer() -> Engine:
    return create_engine(plain.driven_by("psycopg", os.environ[plain.CONSUMER_URL]), pool_size=THREADS)
