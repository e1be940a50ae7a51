"""What the broker loses after it has confirmed it: noticed, and made good without an operator."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial

import pytest
from aio_pika import connect
from kernel_cases import Kernel, opened, running
from sqlalchemy import text

from shared.database import Database
from shared.events import reconciliation
from shared.events.log_stream import FIRST, read_log
from shared.events.receipts import Receipts, receipts
from shared.events.reconciliation import Reconciliation
from shared.events.supervision import keep_running
from shared.events.topology import EVENTS, LOG, service_exchange


@pytest.fixture
async def kernel(database: Database, vhost: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Kernel]:
    monkeypatch.setattr(reconciliation, "LOOK_EVERY", 0.1)
    async with running(Kernel(database, vhost)) as kernel:
        task = asyncio.create_task(reconciling(kernel))
        yield kernel
        kernel.stop.set()
        await asyncio.wait_for(task, 20)


async def reconciling(kernel: Kernel) -> None:
    loop = Reconciliation(
        database=kernel.database, handlers=kernel.handlers, amqp_url=kernel.amqp_url, leads=lambda: kernel.relay.leads
    )
    await keep_running("reconciliation", partial(loop.run, kernel.stop), kernel.stop)


async def unbind(kernel: Kernel) -> None:
    async with await connect(kernel.amqp_url, timeout=10) as broker:
        exchange = await (await broker.channel()).get_exchange(service_exchange("intake", 1), ensure=False)
        await exchange.unbind(EVENTS, "intake.RoundOpened.v1")


async def compared(kernel: Kernel) -> tuple[int, int]:
    """How many events were missing in the log, and how many the service had missed."""
    ((unlogged, missed),) = await kernel.rows("select unlogged, missed from intake.reconciliation")
    return int(str(unlogged)), int(str(missed))


async def a_look(kernel: Kernel) -> None:
    """Wait until it has been compared anew."""
    before = await kernel.rows("select compared_at from intake.reconciliation")

    async def done() -> bool:
        return await kernel.rows("select compared_at from intake.reconciliation") != before

    for _ in range(3):
        await kernel.until(done)


async def logged(kernel: Kernel) -> int:
    return sum([len(entries) async for entries in read_log(kernel.amqp_url, FIRST)])


async def test_where_all_is_well_nothing_is_sent_or_read_again(kernel: Kernel) -> None:
    for number in range(30):
        await kernel.publish(opened(number % 5, str(number)))
        await asyncio.sleep(0.02)
    await kernel.until_effects(*map(str, range(30)))
    await a_look(kernel)
    assert await compared(kernel) == (0, 0)
    assert await logged(kernel) == 30
    assert await kernel.rows("select max(number) from intake.generation") == [(1,)]


async def test_a_binding_that_vanishes_is_there_again_and_what_was_missed_comes_from_the_log(kernel: Kernel) -> None:
    await kernel.publish(opened(1, "1"))
    await kernel.until_effects("1")
    await a_look(kernel)
    await unbind(kernel)
    await kernel.publish(opened(1, "2"), opened(1, "3"))
    await kernel.until_effects("1", "2", "3")
    assert await compared(kernel) == (0, 2)
    await kernel.publish(opened(1, "4"))
    await kernel.until_effects("1", "2", "3", "4")


async def test_a_log_that_is_deleted_is_filled_again_from_the_table(kernel: Kernel) -> None:
    for number in range(20):
        await kernel.publish(opened(number % 3, str(number)))
    await kernel.until_effects(*map(str, range(20)))
    await a_look(kernel)
    async with await connect(kernel.amqp_url, timeout=10) as broker:
        await (await broker.channel()).queue_delete(LOG)

    async def whole() -> bool:
        return (await compared(kernel))[0] >= 20 and await logged(kernel) == 20

    await kernel.until(whole)
    await kernel.until_effects(*map(str, range(20)))


async def test_an_exchange_that_is_deleted_is_there_again_with_its_bindings(kernel: Kernel) -> None:
    await kernel.publish(opened(1, "1"))
    await kernel.until_effects("1")
    await a_look(kernel)
    async with await connect(kernel.amqp_url, timeout=10) as broker:
        await (await broker.channel()).exchange_delete(EVENTS)
    await kernel.publish(opened(1, "2"))
    await kernel.until_effects("1", "2")


async def test_a_look_leaves_no_channel_open(kernel: Kernel) -> None:
    """A connection has room for 2,047 of them, which would be some hours of looks."""
    reconciliation = Reconciliation(
        database=kernel.database, handlers=kernel.handlers, amqp_url=kernel.amqp_url, leads=lambda: True
    )
    await kernel.publish(opened(1, "1"))
    await kernel.until_effects("1")
    async with await connect(kernel.amqp_url, timeout=10) as broker:
        assert broker.transport is not None
        for _ in range(3):
            await reconciliation.look(broker)
        channels = broker.transport.connection.channels.values()
        assert [channel for channel in channels if channel is not None and not channel.is_closed] == []


async def had(kernel: Kernel) -> Receipts:
    async with kernel.database.work() as work:
        return await receipts(work)


async def until_had(kernel: Kernel, moment: datetime) -> None:
    """Wait until all that the log held at a moment is known to have come."""

    async def done() -> bool:
        until = (await had(kernel)).until
        return until is not None and until >= moment

    await kernel.until(done)


@asynccontextmanager
async def no_effects(kernel: Kernel) -> AsyncIterator[None]:
    """The service's events stand still; it goes on looking, and being looked at."""
    async with kernel.database.work() as work:
        await work.session.execute(text("lock table intake.received in share mode"))
        yield


async def test_where_nothing_happens_all_has_come_until_now(kernel: Kernel) -> None:
    await until_had(kernel, datetime.now(UTC))
    assert (await had(kernel)).failed == 0


async def test_what_has_come_is_known_while_more_comes_all_the_time(kernel: Kernel) -> None:
    begun = datetime.now(UTC)
    for number in range(100):
        await kernel.publish(opened(number % 5, str(number)))
        await asyncio.sleep(0.02)
    until = (await had(kernel)).until
    assert until is not None
    assert until > begun


async def test_it_stands_still_while_the_effects_do(kernel: Kernel) -> None:
    await kernel.publish(opened(1, "1"))
    await kernel.until_effects("1")
    await a_look(kernel)
    async with no_effects(kernel):
        await kernel.publish(opened(1, "2"))
        standing = datetime.now(UTC)
        await a_look(kernel)
        await a_look(kernel)
        stood = (await had(kernel)).until
        assert stood is not None
        assert stood <= standing
    await kernel.until_effects("1", "2")
    await until_had(kernel, datetime.now(UTC))


async def test_what_was_missed_has_not_come_before_it_is_read_from_the_log(kernel: Kernel) -> None:
    await kernel.publish(opened(1, "1"))
    await kernel.until_effects("1")
    await a_look(kernel)
    await unbind(kernel)
    unbound = datetime.now(UTC)
    await kernel.publish(opened(1, "2"))

    async def missed() -> bool:
        return await compared(kernel) == (0, 1)

    await kernel.until(missed)
    stood = (await had(kernel)).until
    assert stood is not None
    assert stood <= unbound
    await until_had(kernel, datetime.now(UTC))
    assert await kernel.effects() == ["1", "2"]


async def test_what_has_failed_is_counted_and_holds_nothing_up(kernel: Kernel) -> None:
    kernel.failures["2"] = [ValueError("never"), ValueError("never")]  # in the group, and alone
    await kernel.publish(opened(1, "2"), opened(1, "3"), opened(2, "4"))
    await kernel.until_effects("4")
    await until_had(kernel, datetime.now(UTC))
    assert (await had(kernel)).failed == 2  # the one that failed, and the one of its subject behind it
