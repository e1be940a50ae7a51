"""Rows and events commit together or not at all."""

import asyncio
from datetime import UTC, date, datetime
from uuid import UUID

import asyncpg
import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from sqlalchemy import select, text
from sqlalchemy.event import listen

from shared.contracts.intake.applications import ApplicationRefused
from shared.contracts.intake.municipalities import MunicipalityMerged
from shared.contracts.intake.rounds import RoundOpened
from shared.contracts.scheduling.courses import CourseCompleted
from shared.database import Database
from shared.events.envelope import LONGEST, Envelope

ROUND = UUID(int=1)
OTHER = UUID(int=2)


def opened(id: UUID = ROUND) -> RoundOpened:
    moment = datetime(2030, 1, 1, tzinfo=UTC)
    return RoundOpened(round_id=id, programme="long-course", opens_at=moment, closes_at=moment)


async def log(database: Database) -> list[tuple[str, int]]:
    event = database.tables.event
    async with database.work() as work:
        rows = await work.session.execute(select(event.c.subject, event.c.sequence).order_by(event.c.position))
        return [(subject, sequence) for subject, sequence in rows]


async def test_what_is_committed_is_in_the_log_numbered_within_its_subject(database: Database) -> None:
    async with database.work() as work:
        work.publish(opened(), opened(OTHER), opened())
        await work.commit()
    async with database.work() as work:
        work.publish(opened())
        await work.commit()
    assert await log(database) == [
        (f"round/{ROUND}", 1),
        (f"round/{OTHER}", 1),
        (f"round/{ROUND}", 2),
        (f"round/{ROUND}", 3),
    ]


async def test_leaving_without_commit_leaves_nothing(database: Database) -> None:
    async with database.work() as work:
        work.publish(opened())
    assert await log(database) == []


async def test_two_works_that_did_not_lock_their_subject_cannot_both_commit(database: Database) -> None:
    async with database.work() as first, database.work() as second:
        first.publish(opened())
        second.publish(opened())
        await first.session.execute(select(1))
        await second.session.execute(select(1))
        await first.commit()
        await second.commit()  # begun before, but numbered at its commit: the log stays without gap
    assert await log(database) == [(f"round/{ROUND}", 1), (f"round/{ROUND}", 2)]


async def test_works_about_one_subject_stand_one_after_the_other(database: Database) -> None:
    async def publish() -> None:
        async with database.work() as work:
            work.publish(opened(), opened(OTHER), opened())
            await work.commit()

    await asyncio.gather(*(publish() for _ in range(10)))
    event = database.tables.event
    async with database.work() as work:
        rows = await work.session.execute(select(event.c.subject, event.c.sequence).order_by(event.c.position))
        by_subject: dict[str, list[int]] = {}
        for subject, sequence in rows:
            by_subject.setdefault(subject, []).append(sequence)
    assert by_subject == {f"round/{ROUND}": list(range(1, 21)), f"round/{OTHER}": list(range(1, 11))}


async def test_a_service_publishes_only_its_own_facts(database: Database) -> None:
    async with database.work() as work:
        with pytest.raises(ValueError, match="CourseCompleted is published by scheduling, not by intake"):
            work.publish(CourseCompleted(course_id=ROUND, on=date(2030, 1, 1)))


async def test_what_an_event_is_about_has_a_name_that_fits_into_the_log(database: Database) -> None:
    moment = datetime(2030, 1, 1, tzinfo=UTC)
    endless = MunicipalityMerged(municipality="0" * LONGEST, into="0001", on=moment.date())
    async with database.work() as work:
        with pytest.raises(ValueError, match=f"MunicipalityMerged is about something .* over {LONGEST} characters"):
            work.publish(endless)
        with pytest.raises(ValueError, match="MunicipalityMerged"):
            work.schedule("endless", moment, endless)


async def test_what_is_published_in_reaction_continues_the_conversation(database: Database) -> None:
    cause = Envelope(
        id="the seventh",
        source="scheduling",
        type="dk.praksis.scheduling.CourseOpened.v1",
        subject="course/1",
        sequence=1,
        time=datetime(2030, 1, 1, tzinfo=UTC),
        correlation_id=UUID(int=8),
        causation_id=None,
        traceparent=None,
        data={},
    )
    async with database.work() as work:
        with work.caused_by(cause):
            work.publish(opened())
        work.publish(opened(OTHER))
        await work.commit()
    rows = await conversation(database)
    assert rows[0] == (UUID(int=8), "the seventh")
    assert rows[1][0] != UUID(int=8)
    assert rows[1][1] is None


async def test_the_running_span_is_kept_with_the_event(database: Database) -> None:
    tracer = TracerProvider().get_tracer("test")
    async with database.work() as work:
        with tracer.start_as_current_span("request") as span:
            work.publish(opened())
        await work.commit()
    context = span.get_span_context()
    event = database.tables.event
    async with database.work() as work:
        kept = await work.session.scalar(select(event.c.traceparent))
    ids = trace.format_trace_id(context.trace_id), trace.format_span_id(context.span_id)
    assert str(kept).split("-")[1:3] == list(ids)


async def test_an_event_carries_the_moment_its_work_began(database: Database) -> None:
    event = database.tables.event
    async with database.work() as work:
        began = work.now
        work.publish(refused())
        await work.commit()
    async with database.work() as work:
        assert await work.session.scalar(select(event.c.time)) == began


def refused() -> ApplicationRefused:
    return ApplicationRefused(
        application_id=ROUND,
        programme="long-course",
        programme_version=1,
        municipality="0390",
        rules=("deadline",),
        on=date(2030, 1, 1),
    )


async def conversation(database: Database) -> list[tuple[UUID, str | None]]:
    event = database.tables.event
    async with database.work() as work:
        rows = await work.session.execute(
            select(event.c.correlation_id, event.c.causation_id).order_by(event.c.position)
        )
        return [(correlation, causation) for correlation, causation in rows]


async def test_however_many_facts_are_appended_by_one_statement(database: Database) -> None:
    counted = []
    for facts in ((opened(),), (opened(), opened(OTHER), opened())):
        async with database.work() as work:
            sent: list[str] = []
            connection = (await work.session.connection()).sync_connection
            listen(connection, "before_cursor_execute", lambda *given, sent=sent: sent.append(given[2]))
            work.publish(*facts)
            await work.commit()
            counted.append(len(sent))
    assert counted == [1, 1]


async def test_a_connection_that_has_ended_while_it_was_idle_is_replaced(database: Database) -> None:
    lost = await backend(database)
    other = await asyncpg.connect(database.dsn)
    await other.execute("select pg_terminate_backend($1)", lost)
    await other.close()
    await asyncio.sleep(0.2)  # until the end of the connection has been noticed
    assert await backend(database) != lost


async def backend(database: Database) -> int:
    """The process of the server that the next work speaks to."""
    async with database.work() as work:
        return int(await work.session.scalar(text("select pg_backend_pid()")) or 0)
