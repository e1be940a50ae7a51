"""The lead is a lease: it runs out, another takes it, and who has had it changes nothing any more."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import uuid4

import asyncpg
import pytest
from kernel_cases import HOME, opened
from sqlalchemy import text

from shared.database import Database
from shared.events import lead as leading
from shared.events.lead import Lead, LeadLost
from shared.events.outgoing import Outgoing
from shared.events.sending import Outcome


@asynccontextmanager
async def relay(database: Database) -> AsyncIterator[Lead]:
    connection = await asyncpg.connect(database.dsn, server_settings={"search_path": "intake"})
    try:
        yield Lead(connection, uuid4())
    finally:
        await connection.close()


@pytest.fixture
async def two(database: Database) -> AsyncIterator[tuple[Lead, Lead]]:
    async with relay(database) as one, relay(database) as other:
        yield one, other


async def test_one_leads_and_gives_the_lead_to_another(two: tuple[Lead, Lead]) -> None:
    one, other = two
    assert [await one.take(), await other.take(), await one.take()] == [True, False, True]
    assert (one.lasts, other.lasts) == (True, False)
    await one.give_back()
    assert not one.lasts
    assert await other.take()
    assert other.number > one.number


async def test_a_lease_that_nobody_has_taken_meanwhile_can_be_renewed(
    two: tuple[Lead, Lead], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = two
    monkeypatch.setattr(leading, "LASTS", 0.0)
    assert await one.take()
    assert not one.lasts
    monkeypatch.undo()
    await one.renew()
    assert one.lasts
    assert not await other.take()


@pytest.mark.parametrize(("seconds", "is_taken"), [(2.9, False), (3.5, True), (86_400, True)])
async def test_a_lease_of_a_time_to_which_the_clock_has_not_come_again_is_nobodys(
    database: Database, two: tuple[Lead, Lead], seconds: float, is_taken: bool
) -> None:
    """The clock of the database has gone back, and who led then is gone, too."""
    one, other = two
    assert await one.take()
    async with database.work() as work:
        ahead = text("update intake.lead set until = clock_timestamp() + make_interval(secs => :seconds)")
        await work.session.execute(ahead, {"seconds": seconds})
        await work.commit()
    assert await other.take() == is_taken


async def test_who_has_lost_the_lead_changes_nothing(
    database: Database, two: tuple[Lead, Lead], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = two
    async with database.work() as work:
        work.publish(opened(1, "sent"), opened(2, "too large"))
        await work.commit()
    monkeypatch.setattr(leading, "LASTS", 0.0)
    assert await one.take()
    monkeypatch.undo()
    before = Outgoing(one, "intake", HOME)
    batch = await before.next_batch()
    assert await other.take()
    with pytest.raises(LeadLost):
        await before.settle(batch, [Outcome.CONFIRMED, Outcome.OVERSIZED])
    with pytest.raises(LeadLost):
        await before.settle(batch, [Outcome.UNROUTABLE, Outcome.OVERSIZED])
    with pytest.raises(LeadLost):
        await one.renew()
    now = Outgoing(other, "intake", HOME)
    assert await now.next_batch() == batch
    await now.settle(batch, [Outcome.CONFIRMED, Outcome.OVERSIZED])
    assert await now.next_batch() == []


async def test_a_leader_keeps_the_lead_until_its_connection_ends(
    database: Database, two: tuple[Lead, Lead], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = two
    monkeypatch.setattr(leading, "RENEW_EVERY", 0.1)
    assert await one.take()
    taken = await lasts_until(database)
    over = asyncio.Event()
    keeping = asyncio.create_task(one.keep(over))
    async with asyncio.timeout(20):
        while await lasts_until(database) == taken:
            await asyncio.sleep(0.02)
    assert not await other.take()
    one._connection.terminate()
    await asyncio.wait_for(keeping, 5)
    assert over.is_set()
    async with asyncio.timeout(20):
        while not await other.take():
            await asyncio.sleep(0.1)


async def lasts_until(database: Database) -> datetime:
    async with database.work() as work:
        until: datetime = (await work.session.execute(text("select until from intake.lead"))).scalar_one()
    return until
