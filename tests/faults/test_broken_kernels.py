"""The ledger finds what goes wrong when a mechanism of the kernel is taken away: so it would find it missing."""

import pytest
from faults.plan import Broken, Disturbance, Plan, Step
from faults.records import Fault
from faults.stage import Stage

import shared.events.topology


async def test_an_acknowledgement_before_the_commit_loses_events(stage: Stage) -> None:
    stage.start_worker(Plan(consumes=False))
    plan = Plan(Disturbance(Step.UNCOMMITTED), relays=False, broken=Broken.ACKNOWLEDGEMENT_AFTER_COMMIT)
    assert Fault.LOST in await faults_of(stage, plan)


async def test_a_mark_before_the_confirm_loses_events(stage: Stage) -> None:
    stage.start_worker(Plan(relays=False))
    plan = Plan(Disturbance(Step.UNPUBLISHED), consumes=False, broken=Broken.MARK_AFTER_CONFIRM)
    assert Fault.LOST in await faults_of(stage, plan)


async def test_no_deduplication_doubles_events(stage: Stage) -> None:
    stage.start_worker(Plan(consumes=False))
    plan = Plan(Disturbance(Step.COMMITTED), relays=False, broken=Broken.DEDUPLICATION)
    assert Fault.DOUBLED in await faults_of(stage, plan)


async def test_two_consumers_at_once_swap_events(bare_stage: Stage, shared_queues: None) -> None:
    stage = bare_stage
    await stage.begin()
    await stage.until_consumed(*(stage.start_worker(Plan(relays=False)) for _ in range(2)))
    stage.start_worker(Plan(consumes=False))
    await stage.writer(subjects=2).write(400)
    await stage.ledger.rest()
    assert Fault.SWAPPED in {finding.fault for finding in await stage.ledger.findings()}


async def faults_of(stage: Stage, plan: Plan) -> set[Fault]:
    """What is found wrong when a broken process has ended itself, and an unbroken one has gone on."""
    await stage.writer().write(50)
    worker = stage.start_worker(plan)
    await worker.ended()
    assert worker.was_killed
    stage.start_worker(Plan(relays=plan.relays, consumes=plan.consumes))
    await stage.writer().write(50)
    await stage.ledger.rest()
    return {finding.fault for finding in await stage.ledger.findings()}


@pytest.fixture
def shared_queues(monkeypatch: pytest.MonkeyPatch) -> None:
    """Queues that are declared while this lasts have no single active consumer."""
    arguments = shared.events.topology._queue_arguments

    def without_single_active_consumer(service: str) -> dict[str, object]:
        return {name: value for name, value in arguments(service).items() if name != "x-single-active-consumer"}

    monkeypatch.setattr(shared.events.topology, "_queue_arguments", without_single_active_consumer)
