"""Runs what a command does over the network until it is done or interrupted."""

import asyncio
from collections.abc import Awaitable, Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


def run(command: Coroutine[Any, Any, Result]) -> Result:
    """The result of the command. Ctrl-C takes it back to where it can stop, and is then raised."""
    return asyncio.run(command)


async def to_its_end(step: Awaitable[Result]) -> Result:
    """Let a step come to its end that must not be left half done; an interruption comes after it."""
    running = asyncio.ensure_future(step)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        raise
