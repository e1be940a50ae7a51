"""Events that can never be handled come to rest in sight of operators, and harm no other."""

import asyncio
import json
import random
import string
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from aio_pika import Message, connect
from aio_pika.exceptions import AMQPError
from faults.ledger import DEADLINE, until
from faults.plan import Plan
from faults.processes import Child
from faults.records import Expected
from faults.service import numbered
from faults.size import events
from faults.stage import Stage

from shared.errors import Refused
from shared.events.envelope import Envelope, encode
from shared.events.sending import LARGEST
from shared.events.topology import service_queue
from shared.operations.commands import retry

POISON = "w1-000060"
FEWER_DELIVERIES: dict[str, object] = {
    "shared.events.topology.DELIVERY_LIMIT": 4,
    "shared.events.failures.SCHEDULE": (timedelta(seconds=0.2),) * 3,
}
_OF_POISON = f"(select id::text from intake.event where data->>'programme' = '{POISON}')"


async def test_an_event_whose_handler_raises_holds_up_its_subject_and_no_other(stage: Stage) -> None:
    stage.start_worker(Plan(refused=frozenset({POISON})))
    async with stage.load(events(300)):
        await stage.until_effects(60)
    await stage.ledger.rest()
    await stage.ledger.check(await from_poison_on(stage))


@pytest.mark.parametrize("what", [asyncio.CancelledError, SystemExit, KeyboardInterrupt])
async def test_an_event_whose_handler_quits_holds_up_its_subject_and_no_other(
    stage: Stage, what: type[BaseException]
) -> None:
    """A library that cancels itself, or code that was written for a command, must not end the loop that called it."""
    worker = stage.start_worker(Plan(quitting={POISON: what}, constants=FEWER_DELIVERIES))
    async with stage.load(events(200)):
        await stage.until_effects(60)
    await stage.ledger.rest()
    await stage.ledger.check(await from_poison_on(stage))
    assert worker.alive


async def test_an_event_that_kills_its_process_comes_to_rest_and_harms_no_other(impatient_stage: Stage) -> None:
    """Neighbours that were in hand with it may stand beside it until an operator has them tried again."""
    stage = impatient_stage
    plan = Plan(deadly=frozenset({POISON}), constants=FEWER_DELIVERIES)
    async with stage.load(events(300)):
        while not await poison_rests(stage):
            worker = stage.start_worker(plan)
            await until(lambda w=worker: ended_or_resting(w, stage))  # type: ignore[misc]
        stage.start_worker(plan)
        async with neighbours_released(stage):
            await stage.until_effects(20, 5 * DEADLINE)
    async with neighbours_released(stage):
        await stage.ledger.rest(5 * DEADLINE)  # what has come before is handled alone, some hundreds of events
    await stage.ledger.check(await from_poison_on(stage))


async def test_what_is_no_event_is_parked_whatever_it_is(stage: Stage) -> None:
    stage.start_worker()
    bodies = [b"not JSON", b"\xff\x00", b"[]", b'{"specversion": "1.0", "id": "x"}', b"7" * 20_000_000]
    async with stage.load(events(100)):
        await stage.until_effects(20)
        taken = [await send(stage, body) for body in bodies]
    assert taken[:-1] == [True] * 4
    # A broker may be told to take nothing so large as the last one, which then never was there.
    await stage.ledger.check(Expected(nameless=taken.count(True)))


@pytest.mark.parametrize("attribute", ["id", "source", "type", "subject", "traceparent"])
async def test_an_event_that_tells_something_endless_holds_up_no_other(stage: Stage, attribute: str) -> None:
    stage.start_worker()
    event = stranger("dk.praksis.intake.RoundOpened.v1")
    document = json.loads(encode(event)) | {attribute: "".join(random.choices(string.ascii_letters, k=20_000))}
    async with stage.load(events(100)):
        await stage.until_effects(20)
        await send(stage, json.dumps(document).encode())
        await stage.until_effects(20)
    await stage.ledger.check(Expected(nameless=1))


async def test_what_cannot_be_parked_as_it_is_is_parked_without_a_name(stage: Stage) -> None:
    await stage.ledger.execute("alter table intake.parked add check (subject <> 'round/stranger')")
    stage.start_worker()
    async with stage.load(events(100)):
        await stage.until_effects(20)
        await send(stage, encode(stranger("dk.praksis.intake.RoundOpened.v1")))
        await stage.until_effects(20)
    await stage.ledger.check(Expected(nameless=1))
    reason = "Malformed: it cannot be kept as it is"
    assert await stage.ledger.rows("select reason, state, subject from intake.parked") == [(reason, "parked", None)]


async def test_the_id_of_another_source_swallows_no_event(stage: Stage) -> None:
    async with stage.load(events(100)) as writer:
        await writer.write(20)
        rows = await stage.ledger.rows("select id from intake.event limit 10")
        alike = [replace(stranger("dk.elsewhere.Told.v1"), source="https://x.dk", id=str(id)) for (id,) in rows]
        for each in alike:
            await send(stage, encode(each))
        stage.start_worker()
    await stage.ledger.check()


async def test_types_and_versions_that_nobody_knows(stage: Stage) -> None:
    stage.start_worker()
    async with stage.load(events(100)):
        await stage.until_effects(20)
        for event in [stranger("dk.praksis.intake.RoundForgotten.v1"), stranger("dk.praksis.intake.RoundOpened.v9")]:
            await send(stage, encode(event))
    await stage.ledger.check()


async def test_an_event_too_large_to_be_sent_holds_up_its_subject_and_no_other(stage: Stage) -> None:
    stage.start_worker()
    async with stage.load(events(100)):
        await stage.until_effects(20)
        async with stage.database.work() as work:
            work.publish(numbered(999, f"{'x' * LARGEST}-1"), numbered(999, "behind-2"))
            await work.commit()
        await stage.until_effects(20)

    async def is_parked() -> bool:
        return await stage.ledger.rows("select reason from intake.parked where outgoing") == [("Oversized",)]

    await until(is_parked)
    held = "from intake.event where subject = (select subject from intake.parked where outgoing)"
    assert await stage.ledger.row(f"select count(*), count(dispatched_at) {held}") == (2, 0)
    await stage.ledger.execute(f"delete {held}")
    await stage.ledger.check()


@pytest.fixture
async def impatient_stage(bare_stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """A stage whose broker gives up early."""
    for name, value in FEWER_DELIVERIES.items():
        monkeypatch.setattr(name, value)
    await bare_stage.begin()
    return bare_stage


async def test_what_the_broker_gives_up_on_is_not_overtaken_by_its_subject(impatient_stage: Stage) -> None:
    """However long it takes until the dead letters are read."""
    stage = impatient_stage
    plan = Plan(deadly=frozenset({POISON}), constants=FEWER_DELIVERIES, dead_letters_after=2.0)
    async with stage.load(events(200)):
        while not await poison_rests(stage):
            worker = stage.start_worker(plan)
            await until(lambda w=worker: ended_or_resting(w, stage))  # type: ignore[misc]
        stage.start_worker(plan)
        async with neighbours_released(stage):
            await stage.until_effects(20, 5 * DEADLINE)
    async with neighbours_released(stage):
        await stage.ledger.rest(5 * DEADLINE)  # what has come before is handled alone, some hundreds of events
    await stage.ledger.check(await from_poison_on(stage), seconds=1)


async def from_poison_on(stage: Stage) -> Expected:
    """The poison and all later events of its subject are parked, and nothing else is."""
    held = await stage.ledger.rows(
        "select later.data->>'programme' from intake.event poison join intake.event later"
        f" on later.subject = poison.subject and later.sequence >= poison.sequence where poison.id::text = {_OF_POISON}"
    )
    return Expected(parked=frozenset(number for (number,) in held))


async def poison_rests(stage: Stage) -> bool:
    """Whether nobody will try the poison again unless an operator says so."""
    found = await stage.ledger.rows(f"select state from intake.parked where event_id = {_OF_POISON}")
    return found == [("parked",)]


async def ended_or_resting(worker: Child, stage: Stage) -> bool:
    """Whether a worker has ended, or has no reason to end any more."""
    return not worker.alive or await poison_rests(stage)


@asynccontextmanager
async def neighbours_released(stage: Stage) -> AsyncIterator[None]:
    """Have an operator try again, all the while, what comes to rest beside the poison.

    On a slow machine so many were in hand with it that each subject has one that rests and holds up all that follow;
    those that the broker has given up on come to rest only when its dead letters are read.
    """

    async def again_and_again() -> None:
        while True:
            await release_neighbours(stage)
            await asyncio.sleep(0.2)

    async with asyncio.TaskGroup() as tasks:
        operator = tasks.create_task(again_and_again())
        yield
        operator.cancel()


async def release_neighbours(stage: Stage) -> None:
    parked = await stage.ledger.rows(
        f"select id from intake.parked where state = 'parked' and event_id <> {_OF_POISON}"
    )
    for (failure,) in parked:
        async with stage.database.work() as work:
            with suppress(Refused):  # it has been handled meanwhile
                await retry(work, failure, "an operator")
                await work.commit()


def stranger(type_name: str) -> Envelope:
    """An event of a type that nobody reacts to."""
    return Envelope(
        id=str(uuid4()),
        source="intake",
        type=type_name,
        subject="round/stranger",
        sequence=1,
        time=datetime.now(UTC),
        correlation_id=uuid4(),
        causation_id=None,
        traceparent=None,
        data={},
    )


async def send(stage: Stage, body: bytes) -> bool:
    """Put something into the service's queue; tells whether the broker has taken it."""
    async with await connect(stage.amqp_url, timeout=10) as broker:
        channel = await broker.channel()
        try:
            await channel.default_exchange.publish(Message(body), service_queue("intake", 1, 1), timeout=30)
        except AMQPError:
            return False
    return True
