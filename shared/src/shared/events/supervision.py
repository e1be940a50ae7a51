"""Keeps the worker's loops alive: an error is logged, and the loop starts again from scratch, with backoff.

Connections are therefore never repaired in place, as self-reconnecting clients do: those have been seen to lose their
consumers while their health check stayed green.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

import structlog

from shared.outages import code_of, is_outage, is_unreachable

log = structlog.get_logger(__name__)

Result = TypeVar("Result")

LONGEST_PAUSE = 5.0
"""Seconds: the longest backoff, and so the longest time that a service stands still after the broker or the database
has come back."""
UNREACHABLE_FOR = 10.0
"""Seconds for which a worker keeps the group of events that it is handling while it cannot reach the database."""
JITTER = 0.2
"""Share of a scheduled pause that is added at random at most, so that events that failed together are not retried
together."""


async def keep_running(name: str, run: Callable[[], Awaitable[None]], stop: asyncio.Event) -> None:
    """Run `run` until it returns after `stop` was set. After an error, or if it returns before that, run it again with
    backoff."""
    pause = 0.1
    clock = asyncio.get_running_loop().time
    while not stop.is_set():
        began = clock()
        try:
            await run()
        except Exception as error:
            if clock() - began > LONGEST_PAUSE:
                pause = 0.1
            log.warning("interrupted", loop=name, error=type(error).__name__, pause=pause, exc_info=True)
            await wait_for(stop, pause)
            pause = min(pause * 2, LONGEST_PAUSE)
        else:
            if not await wait_for(stop, pause):  # `stop` may be set a moment after the loop has ended because of it
                log.error("ended though nobody wanted it", loop=name, pause=pause)
            pause = min(pause * 2, LONGEST_PAUSE)


async def outlast(do: Callable[[], Awaitable[Result]], stop: asyncio.Event) -> Result:
    """Run `do`; while the database is at fault (`is_outage`), run it again with backoff.

    The worker keeps its group of events meanwhile. Where the database cannot be reached at all, it does so for
    `UNREACHABLE_FOR` seconds only, since another worker may reach it. Raises the error then, and once `stop` is set;
    raises any error that is not the database's at once.
    """
    pause = 0.1
    clock = asyncio.get_running_loop().time
    began = clock()
    while True:
        try:
            return await do()
        except Exception as error:
            if not is_outage(error) or (is_unreachable(error) and clock() - began > UNREACHABLE_FOR):
                raise
            log.warning("the database is at fault", error=type(error).__name__, code=code_of(error), pause=pause)
            if await wait_for(stop, pause):
                raise
            pause = min(pause * 2, LONGEST_PAUSE)


async def wait_for(event: asyncio.Event, seconds: float) -> bool:
    """Wait until `event` is set, at most `seconds`; return whether it was."""
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    return True


def jittered(pause: timedelta) -> timedelta:
    """A pause between retries with jitter: up to a fifth longer, at random."""
    return pause * (1 + random.uniform(0, JITTER))  # noqa: S311 (spreads load, guards nothing)


class Pace:
    """Throttles a loop: its turns begin at least `seconds` apart, so that events that come one by one are handled in
    batches."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._next = 0.0

    async def turn(self) -> None:
        """Wait until the next turn may begin; no wait when the last one was long enough ago."""
        clock = asyncio.get_running_loop().time
        await asyncio.sleep(max(0.0, self._next - clock()))
        self._next = clock() + self._seconds
