"""`praksis status`: is all well?"""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from aio_pika import connect
from command_line import CommandLine, served
from operation_cases import envelope
from service_under_test import ServiceUnderTest
from sqlalchemy import text

from local.ports import LOOPBACK, free_port, give_back
from shared.contracts.intake.rounds import RoundOpened
from shared.database import Database
from shared.errors import Refused
from shared.events.envelope import encode
from shared.events.failures import park, wait_behind
from shared.events.topology import declare_shared
from shared.monitoring.monitor import Monitor
from shared.monitoring.vitals import Vitals
from shared.settings import MonitorSettings

NUMBERS = ("unsent", "oldest_unsent_seconds", "queued", "retrying", "parked", "waiting")
WELL = {"web": "ready", "worker": "ready", "relay": "leads", "troubles": []}
QUEUE = "a queue of intake"


def quiet(service: str) -> dict[str, Any]:
    return {"service": service, **WELL, **dict.fromkeys(NUMBERS, 0)}


def silent(service: str) -> dict[str, Any]:
    nothing = dict.fromkeys(("relay", *NUMBERS))
    troubles = ["web: silent", "worker: silent"]
    return {"service": service, "web": "silent", "worker": "silent", **nothing, "troubles": troubles}


@asynccontextmanager
async def watched(
    shell: CommandLine, database: Database, amqp_url: str, *, leads: bool = True, consumes: bool = True
) -> AsyncIterator[CommandLine]:
    """A shell that knows what a worker of intake would tell of itself."""
    settings = MonitorSettings(port=free_port())
    vitals = Vitals(lambda: leads, lambda: consumes, lambda: (QUEUE,))
    monitor = Monitor(settings, database=database, amqp_url=amqp_url, vitals=vitals)
    monitor.open()
    stop = asyncio.Event()
    running = asyncio.create_task(monitor.run(stop))
    try:
        yield shell.knowing(INTAKE_MONITOR_URL=f"http://{LOOPBACK}:{settings.port}")
    finally:
        stop.set()
        await running
        give_back(settings.port)


@asynccontextmanager
async def queue_of_intake(amqp_url: str) -> AsyncIterator[None]:
    """A queue with one message, and with a consumer that has enough to do."""
    async with await connect(amqp_url, timeout=10) as connection:
        channel = await connection.channel()
        await declare_shared(channel, "intake")
        await channel.set_qos(prefetch_count=1)
        queue = await channel.declare_queue(QUEUE)

        async def hold(_: object) -> None:
            await asyncio.sleep(0)

        await queue.consume(hold)
        yield


async def intake_of(shell: CommandLine) -> dict[str, Any]:
    answer = await shell("status", "--json")
    assert (answer.status, answer.document["well"]) == (1, False)
    intake, *others = answer.document["services"]
    assert others == [silent("scheduling"), silent("reporting")]
    found: dict[str, Any] = intake
    return found


async def test_where_nobody_answers_nothing_is_well(shell: CommandLine) -> None:
    answer = await shell("status", "--json")
    assert answer.document == {
        "well": False,
        "services": [silent("intake"), silent("scheduling"), silent("reporting")],
    }
    shown = await shell("status")
    assert (shown.status, shown.err) == (1, "")
    assert shown.out.splitlines()[-7:] == [
        "Not all is well:",
        *(
            f"  {service} {process}: silent"
            for service in ("intake", "scheduling", "reporting")
            for process in ("web", "worker")
        ),
    ]


async def test_events_are_counted_where_they_wait(shell: CommandLine, database: Database, vhost: str) -> None:
    async with database.work() as work:
        await park(work, database.tables, encode(envelope(course=1)), RuntimeError(), 1)
        await wait_behind(work, database.tables, [envelope(2, course=1), envelope(3, course=1)])
        await work.commit()
    async with queue_of_intake(vhost), watched(shell, database, vhost) as at_intake:
        intake = await intake_of(at_intake)
    assert intake == quiet("intake") | {
        "web": "silent",
        "retrying": 1,
        "waiting": 2,
        "troubles": ["web: silent"],
    }


async def test_what_waits_for_an_operator_is_not_well(shell: CommandLine, database: Database, vhost: str) -> None:
    async with queue_of_intake(vhost), watched(shell, database, vhost) as at_intake:
        for course, words in ((1, "1 waits"), (2, "2 wait")):
            async with database.work() as work:
                await park(work, database.tables, encode(envelope(course=course)), Refused("no"), 1)
                await work.commit()
            intake = await intake_of(at_intake)
            assert intake["parked"] == course
            assert intake["troubles"][1:] == [f"parked: {words} for an operator (praksis failures list)"]


async def test_what_is_not_sent_for_a_minute_is_not_well(shell: CommandLine, database: Database, vhost: str) -> None:
    now = database.clock.now()
    async with database.work() as work:
        work.publish(RoundOpened(round_id=UUID(int=1), programme="long-course", opens_at=now, closes_at=now))
        await work.commit()
    async with queue_of_intake(vhost), watched(shell, database, vhost) as at_intake:
        fresh = await intake_of(at_intake)
        async with database.work() as work:
            await work.session.execute(text("update intake.event set time = now() - interval '61 seconds'"))
            await work.commit()
        late = await intake_of(at_intake)
        shown = await at_intake("status")
    assert (fresh["unsent"], fresh["troubles"]) == (1, ["web: silent"])
    assert fresh["oldest_unsent_seconds"] < 60
    assert late["unsent"] == 1
    assert re.search(r" 1 \(\d+ s\) ", shown.out.splitlines()[1])
    assert late["troubles"][1:] == [f"unsent: the oldest for {late['oldest_unsent_seconds']:.0f} s"]


async def test_the_lead_may_be_with_another_worker(shell: CommandLine, database: Database, vhost: str) -> None:
    lead = "insert into intake.lead (holder, number, until) values (gen_random_uuid(), 1, now() + interval '1 hour')"
    async with queue_of_intake(vhost), database.work() as elsewhere:
        await elsewhere.session.execute(text(lead))
        await elsewhere.commit()
        async with watched(shell, database, vhost, leads=False) as at_intake:
            led = await intake_of(at_intake)
    assert (led["relay"], led["worker"]) == ("elsewhere", "ready")


async def test_a_worker_says_what_it_lacks_and_what_it_cannot_count(
    shell: CommandLine, database: Database, vhost: str
) -> None:
    async with watched(shell, database, "amqp://nobody@127.0.0.1:1/", consumes=False) as at_intake:
        intake = await intake_of(at_intake)
    assert intake == quiet("intake") | {
        "web": "silent",
        "worker": "fails: consumers",
        "queued": None,
        "troubles": ["web: silent", "worker: fails: consumers", "not counted: queued"],
    }


async def test_what_does_not_count_is_not_taken_for_a_worker_that_is_well(
    shell: CommandLine, intake_service: ServiceUnderTest
) -> None:
    async with served(intake_service.app) as url:
        intake = await intake_of(shell.knowing(PRAKSIS_INTAKE_URL=url, INTAKE_MONITOR_URL=url))
    assert (intake["web"], intake["relay"]) == ("ready", None)
    assert intake["troubles"] == [f"not counted: {', '.join(NUMBERS)}"]


async def test_another_service_at_an_address_is_not_taken_for_the_one_that_was_asked(
    shell: CommandLine, database: Database, vhost: str
) -> None:
    async with queue_of_intake(vhost), watched(shell, database, vhost) as at_intake:
        confused = at_intake.knowing(SCHEDULING_MONITOR_URL=at_intake.environment["INTAKE_MONITOR_URL"])
        answer = await confused("status", "--json")
    _, scheduling, _ = answer.document["services"]
    assert (scheduling["worker"], scheduling["queued"]) == ("is that of intake", None)
    assert scheduling["troubles"][:2] == ["web: silent", "worker: is that of intake"]
