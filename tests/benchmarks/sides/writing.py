"""The beginning of the whole path: a service that keeps a row per request, with its event or without any."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from benchmarks import kernel
from benchmarks.child import Outcome, Parent, Task
from benchmarks.places import SOURCE

AT_ONCE = 10
"""Requests under way at once: one per connection of the kernel's pool."""


async def write(task: Task, parent: Parent) -> Outcome:
    """A commit per number. With the option `with_events`, each tells its event too."""
    kernel.configure(SOURCE)
    database = kernel.source(task.place)
    with_events = bool(task.options["with_events"])
    await database.ping()

    async def write_one(number: int) -> None:
        await kernel.write(database, (number,), task.events, with_events=with_events)

    outcome = await requests(task.events, write_one)
    await database.close()
    return outcome


async def requests(events: int, write: Callable[[int], Awaitable[None]]) -> Outcome:
    """Every number once, so many of them at once."""
    began = time.monotonic()
    numbers = iter(range(events))

    async def one_after_the_other() -> None:
        for number in numbers:
            await write(number)

    async with asyncio.TaskGroup() as under_way:
        for _ in range(AT_ONCE):
            under_way.create_task(one_after_the_other())
    return Outcome(began, time.monotonic())
