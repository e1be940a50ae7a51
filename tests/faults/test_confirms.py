"""What the broker has taken and could not say is sent again, and has its effect once."""

import asyncio
import random
from datetime import UTC, datetime
from uuid import uuid4

from aio_pika import connect
from faults.ledger import until
from faults.plan import Plan
from faults.proxy import Proxy
from faults.size import LONG, events, times
from faults.stage import Stage

from shared.events.envelope import Envelope
from shared.events.sending import Outcome, Sending

IMPATIENT = Plan(consumes=False, constants={"shared.events.sending.CONFIRM_WITHIN": 1.0})


async def test_confirms_that_get_lost(stage: Stage) -> None:
    stage.start_worker(Plan(relays=False))
    async with Proxy(stage.amqp_url).open() as proxy:
        relay = stage.start_worker(IMPATIENT, proxy.url)
        async with stage.load(events(400)):
            for given_up in range(1, times(2) + 1):
                await stage.until_effects(20)
                proxy.loses_confirms = True
                await until(lambda n=given_up: has_given_up(relay.lines("interrupted"), 2 * n))  # type: ignore[misc]
                proxy.loses_confirms = False
        await stage.ledger.check()
    assert proxy.lost > 0
    assert len(relay.lines("relay leads")) == 1, "a lost confirm is no reason to lose the lead"


async def test_a_broker_that_falls_silent(stage: Stage) -> None:
    """The connections stay open and nothing passes: no end of a connection tells anybody."""
    heartbeat = 5 if LONG else 1  # what a full prefetch at hand keeps waiting is not dead
    async with Proxy(f"{stage.amqp_url}?heartbeat={heartbeat}").open() as proxy:
        worker = stage.start_worker(Plan(constants=IMPATIENT.constants), proxy.url)
        async with stage.load(events(400)):
            for _ in range(times(1)):
                await stage.until_effects(20)
                interrupted = len(worker.lines("interrupted"))
                proxy.is_silent = True
                await until(lambda n=interrupted: loops(worker.lines("interrupted")[n:], "sending", "inbox"))  # type: ignore[misc]
                await asyncio.sleep(0.2)
                proxy.is_silent = False
        await stage.ledger.check()


async def test_a_connection_lost_as_a_batch_begins_is_noticed_at_once(stage: Stage) -> None:
    """What is published while the connection ends is answered by nobody; the moment is met in some of the tries."""
    batch = [event_about(number) for number in range(400)]
    for _ in range(times(40)):
        async with Proxy(stage.amqp_url).open() as proxy, await connect(proxy.url, timeout=10) as broker:
            sending = await Sending.over(broker)
            proxy.cut()
            await asyncio.sleep(random.uniform(0, 0.01))
            async with asyncio.timeout(10):  # far below the time that a confirm may take
                outcomes = await sending.send(batch)
            assert outcomes == [Outcome.UNSENT] * len(batch)
            assert sending.failure is not None


def event_about(subject: int) -> Envelope:
    return Envelope(
        id=str(uuid4()),
        source="intake",
        type="dk.praksis.intake.RoundForgotten.v1",
        subject=f"round/{subject}",
        sequence=1,
        time=datetime.now(UTC),
        correlation_id=uuid4(),
        causation_id=None,
        traceparent=None,
        data={},
    )


async def has_given_up(lines: list[dict[str, object]], so_often: int) -> bool:
    return sum(line["error"] == "TimeoutError" for line in lines) >= so_often


async def loops(lines: list[dict[str, object]], *names: str) -> bool:
    return set(names) <= {str(line["loop"]) for line in lines}
