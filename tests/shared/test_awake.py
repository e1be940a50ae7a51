"""What a transaction holds passes to others when its process stands still, and not before."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from shared.database import Database
from shared.events.awake import kept_awake
from shared.work import UnitOfWork

_LOCK = text("select pg_try_advisory_xact_lock(1)")


async def lock(work: UnitOfWork) -> bool:
    await work.session.execute(text("set local idle_in_transaction_session_timeout = '500ms'"))
    return bool(await work.session.scalar(_LOCK))


async def is_free(database: Database) -> bool:
    async with database.work() as work:
        return bool(await work.session.scalar(_LOCK))


async def test_what_is_kept_awake_is_held(database: Database) -> None:
    async with database.work() as guard:
        assert await lock(guard)
        async with kept_awake(guard, every=0.1):
            await asyncio.sleep(1.5)
            assert not await is_free(database)
        await guard.commit()
    assert await is_free(database)


async def test_what_is_not_kept_awake_passes_to_others(database: Database) -> None:
    async def hold() -> None:
        async with database.work() as guard, kept_awake(guard, every=1.5):
            assert await lock(guard)
            await asyncio.sleep(1.0)
            assert await is_free(database)
            await asyncio.sleep(1.0)

    with pytest.raises(DBAPIError):
        await hold()


async def test_what_fails_meanwhile_is_told(database: Database) -> None:
    async def fail() -> None:
        async with database.work() as guard, kept_awake(guard, every=0.0):
            await asyncio.sleep(0.1)
            raise KeyError

    with pytest.raises(KeyError):
        await fail()
    assert await is_free(database)
