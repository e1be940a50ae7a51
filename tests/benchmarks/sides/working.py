"""A tool's own worker command, run until every fact has had its effect, once."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import asyncpg
from benchmarks import broker
from benchmarks.child import Outcome, Parent, Task, peak_of
from benchmarks.places import CONSUMER
from benchmarks.sides.plain import AMQP_URL, CONSUMER_URL, doubled
from benchmarks.waiting import until

WORKERS = "workers"
"""The figure that holds the peak memory of all the command's processes together, in MiB."""
_PATIENCE = 30.0
"""Seconds without any effect after which what is missing counts as lost; a tool's first retry comes sooner."""
_SHUTDOWN = 60.0
"""Seconds in which a command ends once it is asked to."""

Processes = Sequence[asyncio.subprocess.Process]


async def work(
    task: Task, parent: Parent, command: Sequence[str], ready: Callable[[], Awaitable[bool]], copies: int = 1
) -> Outcome:
    """Run so many copies of `python -m command`. `ready` tells whether they wait for tasks.

    The time ends when the last effect is visible. Raises RuntimeError when an effect is missing, or a fact has come to
    its task twice, up to the ordinary end of the workers.
    """
    watching = await asyncpg.connect(task.place.consumer_url)
    async with _running(task, command, copies) as (processes, any_end):
        await until(ready, any_end, every=0.1)
        parent.ready()
        began = time.monotonic()
        await _all_effects(watching, task.events, any_end)
        ended = time.monotonic()
        peak = sum(peak_of(number) for number in _others_of_our_group())
        await _stop(processes)
    await require_once(watching, task.events)
    await watching.close()
    return Outcome(began, ended, {WORKERS: peak})


async def require_once(watching: asyncpg.Connection, facts: int) -> None:
    """Raises RuntimeError unless every fact has had its effect and none has come to its task twice."""
    found = await _count(watching)
    if found != facts:
        raise RuntimeError(f"{found} of {facts} facts have had their effect")
    if again := await watching.fetchval(f"select count(*) from {doubled.fullname}"):
        raise RuntimeError(f"{again} tasks were run again after their effect was there")


async def require_none_left(task: Task, queues: Sequence[str]) -> None:
    """Raises RuntimeError unless the queues are empty now that the workers have ended."""
    await asyncio.to_thread(broker.require_messages, task.place.amqp_url, queues, 0)


async def _all_effects(watching: asyncpg.Connection, facts: int, running: asyncio.Future[int]) -> None:
    # Counting costs the database time that the side is measured by: the further away the end is, the rarer it is done.
    began = moved = time.monotonic()
    found = 0
    while found < facts:
        if running.done():
            raise RuntimeError(f"a worker has ended by itself (status {running.result()})")
        now, before, found = time.monotonic(), found, await _count(watching)
        if found != before:
            moved = now
        elif now - moved > _PATIENCE:
            raise RuntimeError(f"{found} of {facts} facts have had their effect, and no more come")
        left = (now - began) * (facts - found) / found if found else 0.1
        await asyncio.sleep(min(max(left / 2, 0.01), 1.0))


async def _count(watching: asyncpg.Connection) -> int:
    return int(await watching.fetchval(f"select count(*) from {CONSUMER}.bench_effect"))


@asynccontextmanager
async def _running(
    task: Task, command: Sequence[str], copies: int
) -> AsyncIterator[tuple[Processes, asyncio.Future[int]]]:
    environment = os.environ | {CONSUMER_URL: task.place.consumer_url, AMQP_URL: task.place.amqp_url}
    arguments = (sys.executable, "-m", *command)
    processes: list[asyncio.subprocess.Process] = []
    try:
        for _ in range(copies):
            process = await asyncio.create_subprocess_exec(
                *arguments, stdin=asyncio.subprocess.DEVNULL, env=environment
            )
            processes.append(process)
        yield processes, asyncio.ensure_future(_first_end(processes))
    finally:
        # Whatever is left when a run fails: a command that is killed does not end the processes that it has started.
        for number in _others_of_our_group():
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)


async def _first_end(processes: Processes) -> int:
    ends = [asyncio.ensure_future(process.wait()) for process in processes]
    done, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    return done.pop().result()


async def _stop(processes: Processes) -> None:
    for process in processes:
        process.terminate()
    async with asyncio.timeout(_SHUTDOWN):
        for process in processes:
            await process.wait()


def _others_of_our_group() -> list[int]:
    found = (int(each.name) for each in Path("/proc").iterdir() if each.name.isdecimal())
    return [number for number in found if number != os.getpid() and _group_of(number) == os.getpgrp()]


def _group_of(process: int) -> int | None:
    try:
        return os.getpgid(process)
    except ProcessLookupError:
        return None
