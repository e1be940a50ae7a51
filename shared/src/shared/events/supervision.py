"""Keeps a loop alive: whatever breaks it is logged, and it starts anew from nothing.

Connections are therefore never repaired in place, which is where consumers have been seen to go missing in silence.
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
"""Seconds; also bounds how long a service stands still after the broker or the database has come back."""
UNREACHABLE_FOR = 10.0
"""Seconds for which a worker keeps what it has in hand though it cannot reach the database."""
JITTER = 0.2
"""A pause on a schedule is up to so much longer, so that what failed together is not tried again together."""


async def keep_running(name: str, run: Callable[[], Awaitable[None]], stop: asyncio.Event) -> None:
    """Run `run` until it returns because of `stop`; after an error, or an end of its own, again with growing pauses."""
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
            if not await wait_for(stop, pause):  # whoever has told the loop to end may set it a moment later
                log.error("ended though nobody wanted it", loop=name, pause=pause)
            pause = min(pause * 2, LONGEST_PAUSE)


async def outlast(do: Callable[[], Awaitable[Result]], stop: asyncio.Event) -> Result:
    """Do it, and while the database is at fault do it again, with growing pauses.

    What is in hand is kept meanwhile, but not for long where the database cannot be reached at all: perhaps others
    reach it. Raises the error then, and once `stop` is set, and at once any that is not the database's.
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
    """Wait until `event` is set, at most `seconds`; tell whether it was."""
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    return True


def jittered(pause: timedelta) -> timedelta:
    """A pause between attempts, at random up to a fifth longer."""
    return pause * (1 + random.uniform(0, JITTER))  # noqa: S311 (spreads load, guards nothing)


class Pace:
    """Lets the turns of a loop begin at least `seconds` apart, so that what comes in drops is dealt with in gulps."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._next = 0.0

    async def turn(self) -> None:
        """Return when the next turn may begin; at once when the last one was long enough ago."""
        clock = asyncio.get_running_loop().time
        await asyncio.sleep(max(0.0, self._next - clock()))
        self._next = clock() + self._seconds
