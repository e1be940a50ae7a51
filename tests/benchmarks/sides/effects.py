"""How a consuming side knows that every event has had its effect, once."""

import asyncio
from types import TracebackType
from typing import Any

import asyncpg
from benchmarks import kernel
from benchmarks.child import Task
from benchmarks.places import CONSUMER
from benchmarks.waiting import until

_PATIENCE = 10.0
"""Seconds from the last event's handling to its row's being visible; it is a commit away."""


class Effects:
    """Watches the table of effects, which it asks only once the handlers have seen everything: asking costs nothing."""

    def __init__(self, task: Task) -> None:
        self.counter = kernel.Counter()
        self._task = task

    async def __aenter__(self) -> "Effects":
        self._watching = await asyncpg.connect(self._task.place.consumer_url)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._watching.close()

    async def complete(self, running: asyncio.Future[Any]) -> None:
        """Wait until there is one row per event. Raises RuntimeError when some have none in the end."""
        await until(lambda: self.counter.handled >= self._task.events, running)
        try:
            async with asyncio.timeout(_PATIENCE):
                await until(self._visible, running, every=0.005)
        except TimeoutError:
            found = await self._count()
            raise RuntimeError(f"{found} of {self._task.events} events have had their effect") from None

    async def complete_with_others(self, running: asyncio.Future[Any]) -> None:
        """Wait until there is one row per event, whichever process has made it; looks only when this one rests."""
        before = -1

        async def look() -> bool:
            nonlocal before
            moved, before = self.counter.handled != before, self.counter.handled
            return not moved and await self._visible()

        await until(look, running, every=0.02)

    async def _visible(self) -> bool:
        return await self._count() == self._task.events

    async def _count(self) -> int:
        return int(await self._watching.fetchval(f"select count(*) from {CONSUMER}.bench_effect"))
