"""A command that tells of thousands of things at once keeps nobody else waiting until all of them have left."""

from faults.ledger import DEADLINE
from faults.plan import Plan
from faults.records import Outcomes
from faults.service import numbered
from faults.size import LONG
from faults.stage import Stage
from sqlalchemy import text

MANY = 50_000 if LONG else 120
PLAN = Plan() if LONG else Plan(constants={"shared.events.outgoing.BATCH": 50, "shared.events.outgoing.MOST_OF_ONE": 5})
"""In the short form all is a tenth: a hundred events about one subject take seconds already."""
CROWDED = 999
"""The subject that all of them are about: of a subject one event is on its way at a time."""


async def test_thousands_of_events_about_one_subject_keep_no_other_waiting(stage: Stage) -> None:
    stage.start_worker(PLAN)
    await stage.until_consumed()
    await write_at_once(stage, MANY)
    await stage.until_effects(1)
    async with stage.load(20) as writer:
        await stage.seconds_until_first_new_effect(writer)
        (before,) = await stage.ledger.row("select count(*) from intake.ledger where number like 'm-%'")
    assert before < MANY / 3, "others had their effect before most of the many"
    await stage.ledger.check(seconds=1500 if LONG else DEADLINE)


async def write_at_once(stage: Stage, count: int) -> None:
    """Commit so many events about one subject in one unit of work."""
    numbers = [f"m-{number:06}" for number in range(1, count + 1)]
    stage.ledger.outcomes.append(lambda: Outcomes(committed=frozenset(numbers)))
    async with stage.database.work() as work:
        await work.session.execute(
            text("insert into intake.written (number) select unnest(cast(:numbers as text[]))"), {"numbers": numbers}
        )
        work.publish(*(numbered(CROWDED, number) for number in numbers))
        await work.commit()
