"""What must be there before a run begins; none of it is measured."""

import time

from benchmarks import kernel
from benchmarks.child import Outcome, Parent, Task
from benchmarks.places import SOURCE

AT_ONCE = 500


async def tables(task: Task, parent: Parent) -> Outcome:
    """The benchmark's own tables."""
    began = time.monotonic()
    await kernel.make_tables(task.place)
    return Outcome(began, time.monotonic())


async def queues(task: Task, parent: Parent) -> Outcome:
    """The exchanges and queues, as `prepare` makes them."""
    began = time.monotonic()
    await kernel.declare(task.place, task.options.get("partitions", 1))
    return Outcome(began, time.monotonic())


async def log(task: Task, parent: Parent) -> Outcome:
    """A log full of events that the broker has not seen; tells the mean size of their bodies in bytes."""
    kernel.configure(SOURCE)
    began = time.monotonic()
    database = kernel.source(task.place)
    numbers = range(task.events)
    for first in range(0, task.events, AT_ONCE):
        await kernel.write(database, numbers[first : first + AT_ONCE], task.events, with_events=True)
    await database.close()
    sizes = [len(each.body) for each in await kernel.outgoing(task.place)]
    return Outcome(began, time.monotonic(), {"mean size": sum(sizes) / len(sizes)})
