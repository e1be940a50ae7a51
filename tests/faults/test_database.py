"""What happens to the database while events are on their way."""

import asyncio

from faults.size import events, times
from faults.stage import Stage

from local.errors import SetupError
from local.postgres import PrivatePostgres

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
