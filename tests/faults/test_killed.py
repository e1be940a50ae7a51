"""A process that is killed at any step of an event's way loses nothing, doubles nothing and swaps nothing."""

import pytest
from faults.plan import CONSUMER_STEPS, RELAY_STEPS, Disturbance, Plan, Step
from faults.size import events, times
from faults.stage import Stage

AT_ONCE = {"shared.events.lead.LASTS": 0.5, "shared.events.lead.RENEW_EVERY": 0.1}
"""A killed leader's lease runs out first; how long a standby waits is tested elsewhere."""


@pytest.mark.parametrize("step", RELAY_STEPS, ids=lambda step: step.name)
async def test_a_relay_killed_at_a_step(stage: Stage, step: Step) -> None:
    stage.start_worker(Plan(relays=False))
    async with stage.load(events(300)):
        kills = [Disturbance(step, nth=nth) for nth in range(1, times(3) + 1)]
        await stage.disturb(*kills, plan=lambda kill: Plan(kill, consumes=False, constants=AT_ONCE))
        stage.start_worker(Plan(consumes=False, constants=AT_ONCE))
    await stage.ledger.check()


@pytest.mark.parametrize("step", CONSUMER_STEPS, ids=lambda step: step.name)
async def test_a_consumer_killed_at_a_step(stage: Stage, step: Step) -> None:
    stage.start_worker(Plan(consumes=False))
    async with stage.load(events(300)):
        kills = [Disturbance(step, nth=nth) for nth in range(1, times(3) + 1)]
        await stage.disturb(*kills, plan=lambda kill: Plan(kill, relays=False))
        stage.start_worker(Plan(relays=False))
    await stage.ledger.check()


async def test_a_consumer_killed_as_it_reads_the_log_for_the_first_time(stage: Stage) -> None:
    """A service that joins late: what it reads from the log and what comes by its queue overlap."""
    await stage.ledger.execute("update intake.generation set replay_from = 'first', replayed_at = null")
    stage.start_worker(Plan(consumes=False, constants=AT_ONCE))
    async with stage.load(events(300)):
        steps = (Step.DELIVERED, Step.HANDLING, Step.UNCOMMITTED, Step.COMMITTED)
        await stage.disturb(*(Disturbance(step) for step in steps), plan=lambda kill: Plan(kill, relays=False))
        stage.start_worker(Plan(relays=False))
    await stage.ledger.check()
