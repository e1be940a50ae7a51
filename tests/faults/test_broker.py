"""What the broker does to connections, consumers and queues while events are on their way."""

import asyncio

from aio_pika import connect
from faults.ledger import messages_in, until
from faults.plan import Plan
from faults.service import numbered
from faults.size import LONG, events, times
from faults.stage import Stage

from shared.events.topology import dead_letter_queue, service_queue


async def test_connections_that_the_broker_closes(mortal_stage: Stage) -> None:
    stage = mortal_stage
    worker = stage.start_worker()
    async with stage.load(events(400)):
        closed: list[str] = []
        for _ in range(times(2)):
            await stage.until_effects(20)
            closed += await close_all(stage, "relay", "inbox", not_again=closed)
    await stage.ledger.check()
    assert len(closed) == 2 * times(2)
    assert len(worker.lines("relay leads")) == 1, "a lost broker is no reason to lose the lead"


async def test_events_on_which_the_broker_closes_the_channel_hold_up_no_other(mortal_stage: Stage) -> None:
    """It takes less than Praksis sends. It must be a broker of our own: that holds for all that are on it."""
    stage = mortal_stage
    await asyncio.to_thread(stage.rabbitmq.control, "eval", _TAKE_AT_MOST.format(300_000))
    try:
        stage.start_worker()
        async with stage.load(events(200)) as writer:
            await stage.until_effects(20)
            async with stage.database.work() as work:
                work.publish(numbered(998, f"{'x' * 400_000}-1"), numbered(998, "behind-2"))
                work.publish(numbered(999, f"{'x' * 500_000}-3"))
                await work.commit()
            assert await stage.seconds_until_first_new_effect(writer) < SET_ASIDE_WITHIN
    finally:
        await asyncio.to_thread(stage.rabbitmq.control, "eval", _TAKE_AT_MOST.format(16_000_000))
    reasons = "select reason, state, count(*)::int from intake.parked where outgoing group by 1, 2"
    assert await stage.ledger.rows(reasons) == [("Rejected", "parked", 2)]
    held = "from intake.event where subject in (select subject from intake.parked where outgoing)"
    assert await stage.ledger.row(f"select count(*), count(dispatched_at) {held}") == (3, 0)
    await stage.ledger.execute(f"delete {held}")
    await stage.ledger.check()


_TAKE_AT_MOST = "application:set_env(rabbit, max_message_size, {0}), persistent_term:put(max_message_size, {0})."
"""What RabbitMQ reads for each channel; older and newer ones keep it in different places."""
SET_ASIDE_WITHIN = 20.0


async def test_a_queue_that_is_deleted_is_made_anew_and_filled_from_the_log(stage: Stage) -> None:
    stage.start_worker()
    stage.start_worker()  # stands by, and is sent away from the same queue
    async with stage.load(events(400)):
        for generation in range(1, times(2) + 1):
            await stage.until_effects(20)
            await delete(stage, service_queue("intake", generation, 1))

            async def made_anew(last: int = generation) -> bool:
                (newest,) = await stage.ledger.row("select max(number) from intake.generation")
                return bool(newest == last + 1)

            await until(made_anew)
    await stage.ledger.check()


async def test_the_queue_of_dead_letters_deleted_is_made_anew(stage: Stage) -> None:
    stage.start_worker()
    async with stage.load(events(100)):
        await stage.until_effects(20)
        await delete(stage, dead_letter_queue("intake"))

        async def is_there() -> bool:
            return await messages_in(stage.amqp_url, dead_letter_queue("intake")) == 0

        await until(is_there, 20)
    await stage.ledger.check()


async def test_an_alarm_holds_the_relay_back_and_nothing_else(mortal_stage: Stage) -> None:
    stage = mortal_stage
    relay = stage.start_worker(Plan(consumes=False, constants={"shared.events.sending.CONFIRM_WITHIN": 1.0}))
    stage.start_worker(Plan(relays=False))
    async with stage.load(events(300)):
        await stage.until_effects(20)
        await control(stage, "set_vm_memory_high_watermark", "0.000001")
        try:
            await asyncio.sleep(4)  # several times as long as a confirm may take
        finally:
            await control(stage, "set_vm_memory_high_watermark", "0.4")
        await stage.until_effects(20)
    await stage.ledger.check()
    assert len(relay.lines("relay leads")) == 1
    assert relay.lines("interrupted") == []
    assert 1 <= len(relay.lines("the broker takes nothing: it is short of memory or disk")) < 10


async def test_a_handler_slower_than_the_broker_waits(mortal_stage: Stage) -> None:
    """The broker takes the channel away and gives the events to the standby, while the slow one goes on."""
    stage = mortal_stage
    waits = 15.0 if LONG else 1.5  # longer than a full prefetch takes: what waits behind others counts, too
    await control(stage, "eval", f"application:set_env(rabbit, consumer_timeout, {waits * 1000:.0f}).")
    await control(stage, "eval", "application:set_env(rabbit, channel_tick_interval, 300).")
    try:
        plan = Plan(slow=frozenset({"w1-000040"}), slow_for=2 * waits)
        workers = [stage.start_worker(plan) for _ in range(2)]
        async with stage.load(events(300)):
            await stage.until_effects(20)
        await stage.ledger.check()
        assert any(line["loop"] == "inbox" for worker in workers for line in worker.lines("interrupted"))
    finally:
        await control(stage, "eval", "application:set_env(rabbit, consumer_timeout, 1800000).")
        await control(stage, "eval", "application:set_env(rabbit, channel_tick_interval, 60000).")


async def test_a_handler_slower_than_the_heartbeat(stage: Stage) -> None:
    """A handler that lets nothing else go on: the broker takes its process for dead, and the standby takes over."""
    heartbeat = 5 if LONG else 1
    plan = Plan(slow=frozenset({"w1-000040"}), slow_for=5.0 * heartbeat, blocking=True)
    workers = [stage.start_worker(plan, f"{stage.amqp_url}?heartbeat={heartbeat}") for _ in range(2)]
    async with stage.load(events(200)):
        await stage.until_effects(20)
    await stage.ledger.check()
    assert any(line["loop"] == "inbox" for worker in workers for line in worker.lines("interrupted"))


async def test_a_broker_restarted_and_killed(mortal_stage: Stage) -> None:
    stage = mortal_stage
    stage.start_worker()
    stage.start_worker()
    async with stage.load(events(400)):
        await stage.until_effects(20)
        await asyncio.to_thread(stage.rabbitmq.restart)
        await stage.until_effects(20)
        await asyncio.to_thread(stage.rabbitmq.kill)
        await asyncio.to_thread(stage.rabbitmq.start)
        await stage.until_effects(20)
    await stage.ledger.check()


async def close_all(stage: Stage, *names: str, not_again: list[str]) -> list[str]:
    """Close one connection of each name, none of them one that has been closed before; returns which they were."""
    closed: list[str] = []

    async def are_there() -> bool:
        found = await asyncio.to_thread(stage.rabbitmq.connections, stage.name)
        open_ones = {called: name for name, called in found.items() if name not in not_again}
        if not set(names) <= open_ones.keys():
            return False
        closed.extend(open_ones[name] for name in names)
        return True

    await until(are_there, every=0.2)
    for name in closed:
        await asyncio.to_thread(stage.rabbitmq.close_connection, name)
    return closed


async def delete(stage: Stage, queue: str) -> None:
    async with await connect(stage.amqp_url, timeout=10) as broker:
        await (await broker.channel()).queue_delete(queue)


async def control(stage: Stage, *arguments: str) -> None:
    await asyncio.to_thread(stage.rabbitmq.control, *arguments)
