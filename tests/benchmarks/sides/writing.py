"""The beginning of the whole path: a service that keeps a row per request, with its event or without any."""

import asyncio
import time
from collections.abc import Iterator

from benchmarks import kernel
from benchmarks.child import Outcome, Parent, Task
from benchmarks.places import SOURCE

from shared.database import Database

AT_ONCE = 10
"""Requests under way at once: one per connection of the kernel's pool."""


async def write(task: Task, parent: Parent) -> Outcome:
    """A commit per number. With the option `with_events`, each tells its event too."""
    kernel.configure(SOURCE)
    database = kernel.source(task.place)
    with_events = bool(task.options["with_events"])
    await database.ping()
    began = time.monotonic()
    numbers = iter(range(task.events))
    async with asyncio.TaskGroup() as writers:
        for _ in range(AT_ONCE):
            writers.create_task(_write(database, numbers, task.events, with_events))
    ended = time.monotonic()
    await database.close()
    return Outcome(began, ended)


async def _write(database: Database, numbers: Iterator[int], of: int, with_events: bool) -> None:
    for number in numbers:
        await kernel.write(database, (number,), of, with_events=with_events)
