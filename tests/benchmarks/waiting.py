"""Waits for what a running loop is to bring about."""

import asyncio
from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import Any


async def until(
    happened: Callable[[], bool | Awaitable[bool]], running: asyncio.Future[Any], every: float = 0.01
) -> None:
    """Look every so many seconds. Raises what ends the loop, or RuntimeError if it ends without an error."""
    while not (await found if isawaitable(found := happened()) else found):
        if running.done():
            running.result()
            raise RuntimeError("it has ended before its work was done")
        await asyncio.sleep(every)
