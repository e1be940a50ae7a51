"""What the broker loses after it has confirmed it. Nobody is told; the services must find it out, and make it good."""

import asyncio

from aio_pika import connect
from faults.ledger import messages_in, until
from faults.plan import Plan
from faults.size import events, times
from faults.stage import Stage

from shared.events.recovery.log_stream import FIRST, read_log
from shared.events.topology import EVENTS, LOG, service_exchange, service_queue


async def found(stage: Stage) -> tuple[int, int]:
    """How many events were missing in the log, and how many the service had missed."""
    unlogged, missed = await stage.ledger.row("select unlogged, missed from intake.reconciliation")
    return int(unlogged), int(missed)


async def compared(stage: Stage) -> None:
    """Wait until log and receipts have been compared for the first time."""

    async def once() -> bool:
        return await stage.ledger.rows("select 1 from intake.reconciliation") != []

    await until(once)


async def unbind(stage: Stage, generation: int) -> None:
    async with await connect(stage.amqp_url, timeout=10) as broker:
        spread = await (await broker.channel()).get_exchange(service_exchange("intake", generation), ensure=False)
        for key in ("intake.RoundOpened.v1", "intake.RoundClosed.v1"):
            await spread.unbind(EVENTS, key)


async def is_whole(stage: Stage) -> bool:
    """Whether the log has every event of the table."""
    logged = {entry.body async for entries in read_log(stage.amqp_url, FIRST) for entry in entries}
    (told,) = await stage.ledger.row("select count(*) from intake.event")
    return len(logged) == int(told)


async def test_bindings_that_vanish_are_there_again_and_what_was_missed_has_its_effect(stage: Stage) -> None:
    worker = stage.start_worker()
    await compared(stage)
    async with stage.load(events(300)) as writer:
        for generation in range(1, times(2) + 1):
            await stage.until_effects(20)
            before, told = writer.committed, len(worker.lines("events missed, the log is read again"))
            await unbind(stage, generation)

            async def noticed(told: int = told) -> bool:
                return len(worker.lines("events missed, the log is read again")) > told

            await until(noticed)
            assert writer.committed > before
    await stage.ledger.check()
    assert (await found(stage))[1] > 0


async def test_a_queue_purged_while_its_worker_is_down(stage: Stage) -> None:
    first = stage.start_worker()
    await compared(stage)
    async with stage.load(events(100)):
        await stage.until_effects(20)
    await stage.ledger.check()
    first.kill()
    await first.ended()
    sender = stage.start_worker(Plan(consumes=False))
    async with stage.load(events(100)):
        pass

    async def all_sent() -> bool:
        return await stage.ledger.rows("select from intake.event where dispatched_at is null limit 1") == []

    await until(all_sent)
    sender.kill()
    await sender.ended()
    async with await connect(stage.amqp_url, timeout=10) as broker:
        queue = await (await broker.channel()).get_queue(service_queue("intake", 1, 1), ensure=False)
        assert (await queue.purge()).message_count
    stage.start_worker()
    await stage.ledger.check()
    assert (await found(stage))[1] >= events(100)


async def test_the_exchange_deleted_is_made_anew_and_nothing_is_left_lying(stage: Stage) -> None:
    stage.start_worker()
    await compared(stage)
    async with stage.load(events(300)):
        for _ in range(times(2)):
            await stage.until_effects(20)
            async with await connect(stage.amqp_url, timeout=10) as broker:
                await (await broker.channel()).exchange_delete(EVENTS)
            await stage.until_effects(20)
    await stage.ledger.check()

    async def whole() -> bool:
        return await is_whole(stage)

    await until(whole)


async def test_the_log_deleted_is_filled_again_from_the_table(stage: Stage) -> None:
    stage.start_worker()
    await compared(stage)
    async with stage.load(events(300)):
        await stage.until_effects(50)
        async with await connect(stage.amqp_url, timeout=10) as broker:
            await (await broker.channel()).queue_delete(LOG)
        await stage.until_effects(20)
    await stage.ledger.check()

    async def whole() -> bool:
        return await messages_in(stage.amqp_url, LOG) is not None and await is_whole(stage)

    await until(whole)
    assert (await found(stage))[0] >= 50


async def test_a_broker_that_comes_back_without_its_data(stage: Stage) -> None:
    """Everything is prepared anew, and all that was confirmed and not consumed has its effect."""
    stage.start_worker()
    await compared(stage)
    sent_before = events(200)
    async with stage.load(sent_before):
        await stage.until_effects(20)
        await asyncio.to_thread(stage.rabbitmq.remove_vhost, stage.name)
        await asyncio.to_thread(stage.rabbitmq.add_vhost, stage.name)
        await stage.prepare()
        await stage.until_effects(20)
    await stage.ledger.check()

    async def whole() -> bool:
        return await is_whole(stage)

    await until(whole)
