"""Keeps a transaction that holds something while its process works elsewhere, and only as long as it does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text

from shared.events.supervision import wait_for
from shared.work import UnitOfWork

ASK_EVERY = 10.0
"""Seconds; the database ends a transaction that has been idle for longer, and what it held passes to others."""


@asynccontextmanager
async def kept_awake(work: UnitOfWork, every: float = ASK_EVERY) -> AsyncIterator[None]:
    """Let the work's transaction not count as idle while the context lasts. A process that stands still keeps nothing.

    Raises in the end when the transaction was lost.
    """
    over = asyncio.Event()

    async def ask() -> None:
        while not await wait_for(over, every):
            await work.session.execute(text("select 1"))

    asking = asyncio.create_task(ask())
    try:
        yield
    except BaseException:
        asking.cancel()
        await asyncio.wait([asking])
        raise
    over.set()
    await asking
