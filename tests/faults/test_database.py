"""What happens to the database while events are on their way."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aio_pika import connect
from faults.ledger import messages_in
from faults.plan import Plan
from faults.proxy import Proxy
from faults.size import LONG, events, times
from faults.stage import Stage

from local.errors import SetupError
from local.postgres import PrivatePostgres
from shared.events.topology import EVENTS

_BACKENDS = """
select pid from pg_stat_activity
where datname = current_database() and usename = 'intake' and pid <> pg_backend_pid() order by backend_start
"""


async def test_every_backend_terminated_in_turn(stage: Stage) -> None:
    workers = [stage.start_worker() for _ in range(2)]
    async with stage.load(events(300)):
        await stage.until_consumed(*workers)
        for _ in range(times(2)):
            await stage.until_effects(20)
            for (pid,) in await stage.ledger.rows(_BACKENDS):
                await stage.ledger.execute(f"select pg_terminate_backend({pid})")
                await asyncio.sleep(0.1)
    await stage.ledger.check()


async def test_a_postgres_restarted_killed_and_killed_again_as_it_recovers(mortal_stage: Stage) -> None:
    stage = mortal_stage
    stage.start_worker()
    stage.start_worker()
    stage.start_writer(12, events(200))
    async with stage.load(events(400)):
        await stage.until_effects(20)
        await asyncio.to_thread(stage.postgres.restart)
        await stage.until_effects(20)
        await asyncio.to_thread(stage.postgres.kill)
        await kill_while_recovering(stage.postgres)
        await asyncio.to_thread(stage.postgres.start)
        await stage.until_effects(20)
    await stage.ledger.check()


@pytest.fixture
async def impatient_stage(bare_mortal_stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """On servers that may be changed, and with a broker that gives up early."""
    monkeypatch.setattr("shared.events.topology.DELIVERY_LIMIT", 3)
    await bare_mortal_stage.begin()
    return bare_mortal_stage


async def test_a_database_that_can_only_be_read_for_a_while(impatient_stage: Stage) -> None:
    """As after a failover, or with a full disk: no event is guilty of it, and none is sent again and again."""
    stage = impatient_stage
    await bind_witness(stage)
    stage.start_worker()
    async with stage.load(events(300)):
        await stage.until_effects(40)
        for _ in range(times(1)):
            async with read_only(stage):
                await asyncio.sleep(120 if LONG else 12)
            await stage.until_effects(20)
    await stage.ledger.check()
    (facts,) = await stage.ledger.row("select count(*) from intake.event")
    assert await messages_in(stage.amqp_url, WITNESS) == facts
    assert await stage.ledger.rows("select 1 from intake.parked") == []


async def test_a_database_that_falls_silent_for_the_leader(stage: Stage) -> None:
    """The connections stay open, and nothing passes; other workers reach it."""
    stage.start_worker(Plan(relays=False))
    async with Proxy(stage.database_url).open() as proxy:
        leader = stage.start_worker(Plan(consumes=False), database_url=proxy.url)
        await stage.until_leading(leader)
        await stage.until_consumed()
        standby = stage.start_worker(Plan(consumes=False))
        async with stage.load(events(200)) as writer:
            await stage.until_effects(20)
            proxy.is_silent = True
            assert await stage.seconds_until_first_new_effect(writer) < LED_AGAIN_WITHIN
            await stage.until_leading(standby)
            await stage.until_effects(20)
        await stage.ledger.check()


async def test_a_database_that_falls_silent_for_the_consumer(stage: Stage) -> None:
    """What it has in hand comes to a standby, when everybody has waited as long as they may."""
    stage.start_worker(Plan(consumes=False))
    sooner = Plan(
        relays=False, constants={"shared.silence.ANSWER_WITHIN": 2.0, "shared.silence.IDLE_IN_TRANSACTION": 2}
    )
    async with Proxy(stage.database_url).open() as proxy:
        consumer = stage.start_worker(sooner, database_url=proxy.url)
        await stage.until_consumed(consumer)
        standby = stage.start_worker(sooner)
        await stage.until_consumed(standby)
        async with stage.load(events(200)):
            await stage.until_effects(20)
            proxy.is_silent = True
            await asyncio.sleep(1)
            await stage.until_effects(20)
            await consumer.stop(10)
        await stage.ledger.check()


LED_AGAIN_WITHIN = 15.0
"""Seconds from the moment at which a leader does not reach the database any more, to an effect of what comes then."""
WITNESS = "witness"
"""A queue to which everything comes that is sent."""


async def bind_witness(stage: Stage) -> None:
    async with await connect(stage.amqp_url, timeout=10) as broker:
        queue = await (await broker.channel()).declare_queue(WITNESS, durable=True)
        await queue.bind(EVENTS, "#")


@asynccontextmanager
async def read_only(stage: Stage) -> AsyncIterator[None]:
    """Let the database be read only, for every connection there is."""
    await stage.ledger.execute("alter system set default_transaction_read_only = on")
    await stage.ledger.rows("select pg_reload_conf()")
    try:
        yield
    finally:
        await stage.ledger.execute("alter system reset default_transaction_read_only")
        await stage.ledger.rows("select pg_reload_conf()")


async def kill_while_recovering(postgres: PrivatePostgres) -> None:
    """Start it after a crash, and kill it again as soon as it says that it recovers.

    Where it has recovered before the blow falls, that was one more crash, and it is done again.
    """
    for _ in range(10):
        said = len(_log(postgres))
        starting = asyncio.create_task(asyncio.to_thread(postgres.start))
        while "redo starts at" not in _log(postgres)[said:] and not starting.done():
            await asyncio.sleep(0.001)
        await asyncio.to_thread(postgres.kill)
        (error,) = await asyncio.gather(starting, return_exceptions=True)
        if isinstance(error, SetupError) and "ready to accept connections" not in _log(postgres)[said:]:
            return
    raise AssertionError("Postgres has recovered too fast to be killed meanwhile, ten times")


def _log(postgres: PrivatePostgres) -> str:
    return (postgres.folder / "log").read_text()
