"""Keep-alive for a transaction that holds a lock while its process works elsewhere."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text

from shared.events.supervision import wait_for
from shared.work import UnitOfWork

ASK_EVERY = 10.0
"""Seconds between keep-alive queries. The database ends a transaction that is idle for `silence.IDLE_IN_TRANSACTION`
seconds, and its locks are released."""


@asynccontextmanager
async def kept_awake(work: UnitOfWork, every: float = ASK_EVERY) -> AsyncIterator[None]:
    """Query the work's transaction every few seconds while the context lasts, so that the database does not end it as
    idle. A process that stands still sends nothing, so it loses the transaction and its locks.

    Raises at the end of the context if the transaction was lost.
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
