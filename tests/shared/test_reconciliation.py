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
from shared.events.recovery import reconciliation
from shared.events.recovery.log_stream import FIRST, read_log
from shared.events.recovery.receipts import Receipts, receipts
from shared.events.recovery.reconciliation import Reconciliation
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


BY_HAND = {
    "data that are no object": {"data": "'[1, 2]'"},
    "data that nobody can parse": {"data": "(repeat('[', 3000) || repeat(']', 3000))::jsonb"},
    **{f"{deep} deep": {"data": f"(repeat('[', {deep}) || repeat(']', {deep}))::jsonb"} for deep in range(980, 990)},
    "a number that nobody can parse": {"data": "('{\"x\": 1' || repeat('0', 5000) || '}')::jsonb"},
    "no sequence": {"sequence": "0"},
    "a subject of two lines": {"subject": "E'by\\nhand'"},
    "a type that no message can have": {"type": "'dk.praksis.intake.' || repeat('x', 240)"},
    "a type of another service": {"type": "'dk.praksis.reporting.RoundOpened.v1'"},
    "a time before computers": {"time": "'0001-01-01T00:00Z'"},
    "a time before Christ": {"time": "'0044-03-15 BC'"},
    "a time without end": {"time": "'20000-01-01'"},
    "no time": {"time": "'-infinity'"},
}
"""What nobody but a person writes into the log: each column that is not as in an event, in SQL."""


async def write_by_hand(kernel: Kernel, subject: str, odd: dict[str, str], dispatched_at: str) -> None:
    columns = {
        "time": "now()",
        "id": "gen_random_uuid()",
        "type": "'dk.praksis.intake.RoundOpened.v1'",
        "subject": f"'{subject}'",
        "sequence": "1",
        "correlation_id": "gen_random_uuid()",
        "data": "'{}'",
        "dispatched_at": dispatched_at,
        **odd,
    }
    await kernel.execute(f"insert into intake.event ({', '.join(columns)}) values ({', '.join(columns.values())})")


async def test_what_nobody_could_read_in_the_log_is_parked_once_and_others_leave(kernel: Kernel) -> None:
    """It was sent again with each look, as if the log had lost it, or kept its neighbours from being marked as sent."""
    await a_look(kernel)  # the first begins with the present, and would not see what is sent before it
    for name, odd in BY_HAND.items():
        await write_by_hand(kernel, name, odd, "null")
    await write_by_hand(kernel, "sent before", BY_HAND["data that are no object"], "now() - interval '1 hour'")
    await kernel.publish(opened(1, "good"))
    await kernel.until_effects("good")

    async def parked() -> bool:
        kept = await kernel.rows("select outgoing, state, reason, attempts from intake.parked")
        return kept == [(True, "parked", "Malformed", 1)] * (len(BY_HAND) + 1)

    await kernel.until(parked)
    await a_look(kernel)
    await kernel.publish(opened(1, "later"))
    await kernel.until_effects("good", "later")
    assert await parked()
    assert await logged(kernel) == 2
    assert (await compared(kernel))[0] == 1
