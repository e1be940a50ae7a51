"""What is scheduled becomes a fact once its time has come: once, in order, in its own conversation."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from sqlalchemy import MetaData, select, text
from sqlalchemy.exc import IntegrityError
from structlog.testing import capture_logs

from shared.clock import FixedClock
from shared.contracts.intake.rounds import RoundClosed
from shared.contracts.scheduling.courses import CourseCompleted
from shared.database import Database
from shared.decision import Decision, Timer
from shared.events.timers import BATCH, Timers
from shared.tables import kernel_tables

DUE = datetime(2030, 3, 31, 22, tzinfo=UTC)
TICK = timedelta(microseconds=1)
HOUR = timedelta(hours=1)

OpenDatabase = Callable[[], Database]


def closed(number: int = 1, programme: str = "long-course") -> RoundClosed:
    return RoundClosed(round_id=UUID(int=number), programme=programme)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(DUE - HOUR)


@pytest.fixture
async def open_database(database_url: Callable[[str], str], clock: FixedClock) -> AsyncIterator[OpenDatabase]:
    """Databases as different processes have them, on one schema and one clock."""
    opened: list[Database] = []

    def open_one() -> Database:
        tables = kernel_tables(MetaData(schema="intake"))
        opened.append(Database(database_url("intake"), service="intake", tables=tables, clock=clock))
        return opened[-1]

    yield open_one
    for database in opened:
        await database.close()


@pytest.fixture
def kernel(open_database: OpenDatabase) -> Database:
    return open_database()


async def schedule(database: Database, key: str, due_at: datetime, event: RoundClosed | None = None) -> None:
    async with database.work() as work:
        work.schedule(key, due_at, event or closed())
        await work.commit()


async def schedule_unknown(database: Database, key: str, due_at: datetime) -> None:
    await schedule(database, key, due_at)
    await execute(database, f"update intake.timer set type = 'dk.praksis.intake.Forgotten.v1' where key = '{key}'")


async def execute(database: Database, statement: str) -> None:
    async with database.work() as work:
        await work.session.execute(text(statement))
        await work.commit()


async def told(database: Database) -> list[str]:
    """The programmes of the events in the log, in its order."""
    event = database.tables.event
    async with database.work() as work:
        return list(await work.session.scalars(select(event.c.data["programme"].astext).order_by(event.c.position)))


async def waiting(database: Database) -> list[str]:
    """The keys of the timers that are left."""
    timer = database.tables.timer
    async with database.work() as work:
        return list(await work.session.scalars(select(timer.c.key).order_by(timer.c.key)))


async def publish_all_due(timers: Timers) -> None:
    async with asyncio.timeout(20):
        while await timers.publish_due():
            pass


# when


async def test_a_timer_comes_due_at_its_moment_and_not_before(kernel: Database, clock: FixedClock) -> None:
    await schedule(kernel, "round", DUE)
    timers = Timers(database=kernel)
    clock.instant = DUE - TICK
    assert (await timers.publish_due(), await told(kernel), await waiting(kernel)) == (0, [], ["round"])
    clock.instant = DUE
    assert (await timers.publish_due(), await told(kernel), await waiting(kernel)) == (1, ["long-course"], [])
    assert (await timers.publish_due(), await told(kernel)) == (0, ["long-course"])


async def test_what_comes_late_tells_the_time_at_which_it_is_told(kernel: Database, clock: FixedClock) -> None:
    await schedule(kernel, "round", DUE)
    clock.instant = DUE + timedelta(days=400)
    await publish_all_due(Timers(database=kernel))
    event = kernel.tables.event
    async with kernel.work() as work:
        row = (await work.session.execute(select(event))).one()
    assert (row.time, row.type, row.subject, row.sequence) == (
        clock.instant,
        "dk.praksis.intake.RoundClosed.v1",
        f"round/{UUID(int=1)}",
        1,
    )
    assert row.data == {"round_id": str(UUID(int=1)), "programme": "long-course"}


async def test_a_clock_that_jumps_back_and_forth_does_no_harm(kernel: Database, clock: FixedClock) -> None:
    timers = Timers(database=kernel)
    await schedule(kernel, "first", DUE, closed(1, "first"))
    clock.instant = DUE
    await publish_all_due(timers)
    clock.instant = DUE - 9 * HOUR
    await schedule(kernel, "second", DUE - 8 * HOUR, closed(1, "second"))
    await publish_all_due(timers)
    assert (await told(kernel), await waiting(kernel)) == (["first"], ["second"])
    for jump in (DUE, DUE - 9 * HOUR, DUE + HOUR, DUE - HOUR):
        clock.instant = jump
        await publish_all_due(timers)
    assert (await told(kernel), await waiting(kernel)) == (["first", "second"], [])


async def test_what_is_due_together_enters_the_log_in_the_order_of_its_times(
    kernel: Database, clock: FixedClock
) -> None:
    names = [f"programme-{number}" for number in range(BATCH + 20)]
    async with kernel.work() as work:
        for number, name in reversed(list(enumerate(names))):
            work.schedule(name, DUE + number * TICK, closed(number % 3, name))
        await work.commit()
    clock.instant = DUE + HOUR
    await publish_all_due(Timers(database=kernel))
    assert await told(kernel) == names


async def test_timers_of_one_moment_come_in_the_order_of_their_keys(kernel: Database, clock: FixedClock) -> None:
    for key in ("b", "c", "a"):
        await schedule(kernel, key, DUE, closed(1, key))
    clock.instant = DUE
    await publish_all_due(Timers(database=kernel))
    assert await told(kernel) == ["a", "b", "c"]


# replaced and cancelled


async def test_a_timer_is_replaced_by_its_key(kernel: Database, clock: FixedClock) -> None:
    await schedule(kernel, "round", DUE, closed(1, "as first thought"))
    await schedule(kernel, "round", DUE + HOUR, closed(1, "as decided later"))
    timers = Timers(database=kernel)
    clock.instant = DUE
    await publish_all_due(timers)
    assert await told(kernel) == []
    clock.instant = DUE + HOUR
    await publish_all_due(timers)
    assert (await told(kernel), await waiting(kernel)) == (["as decided later"], [])


async def test_a_timer_may_be_moved_to_an_earlier_moment(kernel: Database, clock: FixedClock) -> None:
    await schedule(kernel, "round", DUE)
    await schedule(kernel, "round", DUE - 2 * HOUR)
    await publish_all_due(Timers(database=kernel))
    assert (await told(kernel), await waiting(kernel)) == (["long-course"], [])


async def test_a_key_is_free_again_once_its_timer_has_come_due(kernel: Database, clock: FixedClock) -> None:
    timers = Timers(database=kernel)
    for name in ("first", "second"):
        await schedule(kernel, "round", DUE, closed(1, name))
        clock.instant = DUE
        await publish_all_due(timers)
    assert await told(kernel) == ["first", "second"]


async def test_a_cancelled_timer_never_comes_due(kernel: Database, clock: FixedClock) -> None:
    await schedule(kernel, "cancelled", DUE, closed(1, "cancelled"))
    await schedule(kernel, "kept", DUE, closed(2, "kept"))
    async with kernel.work() as work:
        work.cancel("cancelled")
        work.cancel("never scheduled")
        await work.commit()
    clock.instant = DUE
    await publish_all_due(Timers(database=kernel))
    assert await told(kernel) == ["kept"]


async def test_what_is_scheduled_or_cancelled_without_a_commit_changes_nothing(
    kernel: Database, clock: FixedClock
) -> None:
    await schedule(kernel, "kept", DUE)
    async with kernel.work() as work:
        work.schedule("another", DUE, closed(2))
        work.cancel("kept")
    assert await waiting(kernel) == ["kept"]


async def test_a_decision_is_recorded_with_its_events_and_its_timers(kernel: Database, clock: FixedClock) -> None:
    async with kernel.work() as work:
        work.record(Decision(None, (closed(1, "now"),), (Timer("later", DUE, closed(1, "later")),)))
        await work.commit()
    assert (await told(kernel), await waiting(kernel)) == (["now"], ["later"])
    clock.instant = DUE
    await publish_all_due(Timers(database=kernel))
    assert await told(kernel) == ["now", "later"]


async def test_a_timer_that_is_being_replaced_holds_up_no_other(kernel: Database, clock: FixedClock) -> None:
    await schedule(kernel, "a, in the middle of something", DUE, closed(1, "a"))
    await schedule(kernel, "b", DUE, closed(2, "b"))
    clock.instant = DUE
    timers = Timers(database=kernel)
    async with kernel.work() as replacing:
        await replacing.session.execute(text("select 1 from intake.timer where key like 'a,%' for update"))
        async with asyncio.timeout(5):
            await publish_all_due(timers)
        assert await told(kernel) == ["b"]
    await publish_all_due(timers)
    assert await told(kernel) == ["b", "a"]


# what may go wrong


async def test_a_timer_survives_a_restart(open_database: OpenDatabase, clock: FixedClock) -> None:
    before = open_database()
    await schedule(before, "round", DUE)
    await before.close()
    after = open_database()
    clock.instant = DUE
    await publish_all_due(Timers(database=after))
    assert await told(after) == ["long-course"]


async def test_a_commit_that_fails_leaves_the_timer(kernel: Database, clock: FixedClock) -> None:
    await schedule(kernel, "round", DUE)
    await execute(kernel, "alter table intake.event add constraint ck_full check (false)")
    clock.instant = DUE
    timers = Timers(database=kernel)
    with pytest.raises(IntegrityError):
        await timers.publish_due()
    assert (await told(kernel), await waiting(kernel)) == ([], ["round"])
    await execute(kernel, "alter table intake.event drop constraint ck_full")
    await publish_all_due(timers)
    assert (await told(kernel), await waiting(kernel)) == (["long-course"], [])


async def test_workers_side_by_side_publish_each_timer_once_and_in_order(
    open_database: OpenDatabase, clock: FixedClock
) -> None:
    databases = [open_database() for _ in range(3)]
    names = [f"programme-{number}" for number in range(3 * BATCH)]
    async with databases[0].work() as work:
        for number, name in enumerate(names):
            work.schedule(name, DUE + number * TICK, closed(number % 3, name))
        await work.commit()
    clock.instant = DUE + HOUR
    stop = asyncio.Event()
    running = [asyncio.create_task(Timers(database=database).run(stop)) for database in databases]
    async with asyncio.timeout(20):
        while await waiting(databases[0]):
            await asyncio.sleep(0.05)
    stop.set()
    await asyncio.wait_for(asyncio.gather(*running), 5)
    assert await told(databases[0]) == names


async def test_a_worker_does_not_overtake_another_that_is_still_at_it(
    open_database: OpenDatabase, clock: FixedClock
) -> None:
    slow, quick = open_database(), open_database()
    names = [f"programme-{number}" for number in range(BATCH + 1)]
    async with slow.work() as work:
        work.publish(closed(1, "before"))
        for number, name in enumerate(names):
            work.schedule(name, DUE + number * TICK, closed(2 - number % 2, name))
        await work.commit()
    clock.instant = DUE + HOUR
    async with slow.work() as telling:
        await telling.session.execute(text("select 1 from intake.last_sequence for update"))
        at_it = asyncio.create_task(Timers(database=slow).publish_due())
        await asyncio.sleep(0.5)
        assert await Timers(database=quick).publish_due() == 0
    assert await at_it == BATCH
    await publish_all_due(Timers(database=quick))
    assert await told(quick) == ["before", *names]


async def test_what_is_scheduled_while_a_worker_runs_comes_due_within_seconds(
    kernel: Database, clock: FixedClock
) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(Timers(database=kernel).run(stop))
    await schedule(kernel, "round", DUE)
    clock.instant = DUE
    async with asyncio.timeout(5):
        while not await told(kernel):
            await asyncio.sleep(0.05)
    stop.set()
    await asyncio.wait_for(running, 1)


# what cannot be published


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ("type = 'dk.praksis.intake.Forgotten.v1'", "unknown type"),
        (f"type = '{CourseCompleted.type_name()}'", "ValidationError"),
        ("data = '{}'", "ValidationError"),
        ("data = '[]'", "ValidationError"),
        ("data = 'null'", "ValidationError"),
        ('data = \'{"round_id": "none", "programme": "long-course"}\'', "ValidationError"),
    ],
)
async def test_what_cannot_be_published_stays_and_holds_up_no_other(
    kernel: Database, clock: FixedClock, broken: str, reason: str
) -> None:
    await schedule(kernel, "broken", DUE - HOUR)
    await execute(kernel, f"update intake.timer set {broken}")
    await schedule(kernel, "sound", DUE, closed(2, "sound"))
    clock.instant = DUE
    timers = Timers(database=kernel)
    with capture_logs() as logged:
        assert [await timers.publish_due() for _ in range(3)] == [2, 0, 0]
    assert (await told(kernel), await waiting(kernel)) == (["sound"], ["broken"])
    errors = [line for line in logged if line["log_level"] == "error"]
    assert [(line["event"], line["key"], line["reason"]) for line in errors] == [
        ("timer cannot be published", "broken", reason)
    ]


async def test_a_fact_of_another_service_is_not_published(kernel: Database, clock: FixedClock) -> None:
    await schedule(kernel, "foreign", DUE)
    fact = CourseCompleted(course_id=UUID(int=1), on=date(2030, 1, 1))
    data = fact.model_dump_json().replace(":", "\\:")  # no parameter begins here
    await execute(kernel, f"update intake.timer set type = '{fact.type_name()}', data = '{data}'")
    clock.instant = DUE
    await publish_all_due(Timers(database=kernel))
    assert (await told(kernel), await waiting(kernel)) == ([], ["foreign"])


async def test_more_unknown_timers_than_a_batch_holds_hold_up_no_other(kernel: Database, clock: FixedClock) -> None:
    async with kernel.work() as work:
        for number in range(BATCH + 1):
            work.schedule(f"unknown {number}", DUE - HOUR, closed(number))
        await work.commit()
    await execute(kernel, "update intake.timer set type = 'dk.praksis.intake.Forgotten.v1'")
    await schedule(kernel, "sound", DUE, closed(0, "sound"))
    clock.instant = DUE
    await publish_all_due(Timers(database=kernel))
    assert (await told(kernel), len(await waiting(kernel))) == (["sound"], BATCH + 1)


async def test_a_newer_worker_publishes_what_an_older_one_does_not_know(kernel: Database, clock: FixedClock) -> None:
    await schedule_unknown(kernel, "round", DUE)
    clock.instant = DUE
    older, newer = Timers(database=kernel), Timers(database=kernel)
    await publish_all_due(older)
    await execute(kernel, f"update intake.timer set type = '{RoundClosed.type_name()}'")
    assert [await older.publish_due(), await newer.publish_due()] == [0, 1]
    assert await told(kernel) == ["long-course"]


# whose


async def test_a_timer_continues_the_conversation_and_the_trace_in_which_it_was_scheduled(
    kernel: Database, clock: FixedClock
) -> None:
    tracer = TracerProvider().get_tracer("test")
    conversation, cause = UUID(int=8), "the seventh"
    async with kernel.work() as work:
        with tracer.start_as_current_span("request") as span, work.continuing(conversation, cause):
            work.schedule("asked for", DUE, closed(1, "asked for"))
        work.schedule("out of the blue", DUE, closed(2, "out of the blue"))
        await work.commit()
    clock.instant = DUE
    await publish_all_due(Timers(database=kernel))
    event = kernel.tables.event
    async with kernel.work() as work:
        columns = event.c.correlation_id, event.c.causation_id, event.c.traceparent
        asked_for, blue = await work.session.execute(select(*columns).order_by(event.c.position))
    assert (asked_for.correlation_id, asked_for.causation_id) == (conversation, cause)
    assert str(asked_for.traceparent).split("-")[1] == trace.format_trace_id(span.get_span_context().trace_id)
    assert blue.correlation_id != conversation
    assert blue.causation_id is None
    assert trace.format_trace_id(span.get_span_context().trace_id) not in str(blue.traceparent)
