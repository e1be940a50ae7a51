"""Several workers of one service: one leads and consumes, the others stand by, and the order holds through it all."""

import asyncio

import pytest
from faults.ledger import until
from faults.plan import Act, Disturbance, Plan, Step
from faults.size import events, times
from faults.stage import Stage

TAKEN_OVER_WITHIN = 5.0
"""Seconds from the end of a worker to the first effect of an event that was written afterwards."""


async def test_a_standby_takes_over_from_a_killed_worker(stage: Stage) -> None:
    first = stage.start_worker()
    await stage.until_leading(first)
    await stage.until_consumed()
    await stage.until_consumed(stage.start_worker())
    async with stage.load(events(200)) as writer:
        await stage.until_effects(50)
        first.kill()
        assert await stage.seconds_until_first_new_effect(writer) < TAKEN_OVER_WITHIN
    await stage.ledger.check()


async def test_a_standby_takes_over_from_a_killed_relay(stage: Stage) -> None:
    stage.start_worker(Plan(relays=False))
    leader = stage.start_worker(Plan(consumes=False))
    await stage.until_leading(leader)
    standby = stage.start_worker(Plan(consumes=False))
    await stage.until_consumed()
    async with stage.load(events(200)) as writer:
        await stage.until_effects(50)
        assert standby.lines("relay leads") == []
        leader.kill()
        assert await stage.seconds_until_first_new_effect(writer) < TAKEN_OVER_WITHIN
    await stage.ledger.check()


@pytest.mark.parametrize("step", [Step.DELIVERED, Step.UNCOMMITTED, Step.COMMITTED], ids=lambda step: step.name)
async def test_a_consumer_paused_past_its_heartbeat(stage: Stage, step: Step) -> None:
    """It goes on where it stood, with events in hand that the broker has given to the standby meanwhile."""
    stage.start_worker(Plan(consumes=False))
    impatient = f"{stage.amqp_url}?heartbeat=1"
    paused = stage.start_worker(Plan(Disturbance(step, Act.PAUSE, nth=3), relays=False), impatient)
    await stage.until_consumed()
    standby = stage.start_worker(Plan(relays=False), impatient)
    async with stage.load(events(200)):

        async def stands_still() -> bool:
            return paused.is_paused

        await until(stands_still)
        await stage.until_consumed(standby)
        await asyncio.sleep(3.5)  # the broker hears nothing for longer than it waits
        if step is not Step.UNCOMMITTED:  # there the standby waits for the paused one's transaction
            await stage.until_effects(20)
        paused.go_on()
        await stage.until_effects(20)
    await stage.ledger.check()


@pytest.mark.parametrize(
    "step", [Step.BATCH_READ, Step.UNCONFIRMED, Step.UNMARKED, Step.MARKED], ids=lambda step: step.name
)
async def test_a_standby_takes_over_from_a_leader_that_stands_still(stage: Stage, step: Step) -> None:
    """Its connection to the database stays open all the while; it goes on where it stood, when it no longer leads."""
    stage.start_worker(Plan(relays=False))
    hung = stage.start_worker(Plan(Disturbance(step, Act.PAUSE, nth=3), consumes=False))
    await stage.until_leading(hung)
    await stage.until_consumed()
    standby = stage.start_worker(Plan(consumes=False))
    async with stage.load(events(200)) as writer:

        async def stands_still() -> bool:
            return hung.is_paused

        await until(stands_still)
        assert await stage.seconds_until_first_new_effect(writer) < TAKEN_OVER_WITHIN
        await stage.until_leading(standby)
        hung.go_on()
        await stage.until_effects(20)

        async def has_noticed() -> bool:
            return len(hung.lines("the lead is lost")) == 1

        await until(has_noticed)
    await stage.ledger.check()
    assert [len(each.lines("relay leads")) for each in (hung, standby)] == [1, 1]


async def test_a_relay_paused_as_it_sends(stage: Stage) -> None:
    """Nobody else can lead meanwhile: it leads again, and what it holds up follows in order."""
    stage.start_worker(Plan(relays=False))
    impatient = f"{stage.amqp_url}?heartbeat=1"
    paused = stage.start_worker(Plan(Disturbance(Step.UNCONFIRMED, Act.PAUSE, nth=40), consumes=False), impatient)
    async with stage.load(events(200)):

        async def stands_still() -> bool:
            return paused.is_paused

        await until(stands_still)
        await asyncio.sleep(3.5)
        paused.go_on()
        await stage.until_effects(20)
    await stage.ledger.check()


async def test_two_leaders_at_once(stage: Stage) -> None:
    stage.start_worker(Plan(relays=False))
    leaders = [stage.start_worker(Plan(consumes=False, second_leader=True)) for _ in range(2)]
    await stage.until_leading(*leaders)
    async with stage.load(events(500)):
        await stage.until_effects(100)
    await stage.ledger.check()


async def test_the_number_of_queues_changed_under_load(stage: Stage) -> None:
    workers = [stage.start_worker() for _ in range(3)]
    stage.start_writer(12, events(200))
    async with stage.load(events(400)):
        for _ in range(times(1)):
            for partitions in (4, 2, 1):
                await stage.until_effects(40)
                await stage.prepare(partitions)
        workers[0].kill()
    await stage.ledger.check()
    (left,) = await stage.ledger.row("select count(distinct generation) from intake.partition where drained_at is null")
    assert left == 1, "the queues of old generations are emptied for good"
