"""What is kept, for how long, in which parts of the log; tried while the service goes on publishing."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

import pytest
from kernel_cases import HOME
from pydantic import ValidationError
from sqlalchemy import MetaData, insert, select, text, update

from local.state import CHECKOUT
from shared.clock import FixedClock
from shared.contracts.intake.rounds import RoundClosed
from shared.database import Database
from shared.errors import Text
from shared.events.handlers import Handlers
from shared.events.memory import remembered_since
from shared.events.recovery.generations import prepare_generation
from shared.events.relay import Relay
from shared.mail.outbox import Enclosure, Mail, post
from shared.retention import parts, records, retention
from shared.retention.months import Month, months_before
from shared.retention.parts import LogInUse, Parts, Unsent, when_free
from shared.retention.retention import Outcome, Retention
from shared.settings import REPLAY_MONTHS, REPLAY_WINDOW, RetentionSettings
from shared.tables import kernel_tables

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
NOVEMBER = Month(2026, 11)
TICK = timedelta(microseconds=1)
KEEP = RetentionSettings()
READY = ["event_2026_11", "event_2026_12", "event_2027_01", "event_2027_02"]
"""The parts that stand ready in November 2026."""


def closed(number: int = 1) -> RoundClosed:
    return RoundClosed(round_id=UUID(int=number), programme="long-course")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+00:00")


class Kept:
    """A service whose clock is set by hand, and what it keeps."""

    def __init__(self, database: Database, clock: FixedClock) -> None:
        self.database = database
        self.clock = clock
        self.retention = Retention(database=database)

    async def publish(self, moment: datetime, *numbers: int, sent: bool = True) -> None:
        """Let events happen at a moment, and be sent unless told otherwise."""
        before, self.clock.instant = self.clock.instant, moment
        async with self.database.work() as work:
            work.publish(*(closed(number) for number in numbers or (1,)))
            await work.commit()
        self.clock.instant = before
        if sent:
            await self.execute("update intake.event set dispatched_at = now()")

    async def execute(self, statement: str) -> None:
        async with self.database.work() as work:
            await work.session.execute(text(statement))
            await work.commit()

    async def rows(self, statement: str) -> list[tuple[object, ...]]:
        async with self.database.work() as work:
            return [tuple(row) for row in await work.session.execute(text(statement))]

    async def log(self) -> list[tuple[str, datetime]]:
        """Where each event stands, and when it happened, in the order of the log."""
        rows = await self.rows("select tableoid::regclass::text, time from intake.event order by position")
        return [(str(part).removeprefix("intake."), datetime.fromisoformat(str(time))) for part, time in rows]

    async def parts(self) -> list[str]:
        async with self.database.work() as work:
            return [month.part for month in sorted(await Parts(self.database).months(work))]

    async def everything(self) -> list[list[tuple[object, ...]]]:
        """All that the service keeps, and where."""
        tables = [
            f"intake.{name}" for name in ("event", "received", "answer", "parked", "intervention", "mail", "enclosure")
        ]
        rows = [await self.rows(f"select tableoid::regclass::text, t.* from {name} t order by 1, 2") for name in tables]
        return [*rows, [(part,) for part in await self.parts()]]


@pytest.fixture
async def kept(database_url: Callable[[str], str]) -> AsyncIterator[Kept]:
    clock = FixedClock(NOW)
    tables = kernel_tables(MetaData(schema="intake"))
    database = Database(database_url("intake"), service="intake", tables=tables, clock=clock)
    yield Kept(database, clock)
    await database.close()


# parts that are made


async def test_the_parts_of_the_months_to_come_are_made_once(kept: Kept) -> None:
    assert list(await kept.retention.make_parts()) == [NOVEMBER.plus(ahead) for ahead in range(4)]
    assert await kept.parts() == READY
    assert await kept.retention.make_parts() == {}
    kept.clock.instant = NOVEMBER.plus(1).begins
    assert await kept.retention.make_parts() == {NOVEMBER.plus(4): 0}


async def test_events_move_to_the_part_of_their_month_and_nothing_else_changes(kept: Kept) -> None:
    moments = ["2026-10-31T23:59:59.999999", "2026-11-01T00:00", "2026-11-30T23:59:59.999999", "2026-12-01T00:00"]
    moments += ["2026-12-31T23:59:59.999999", "2027-01-01T00:00", "2028-02-29T23:59", "2028-03-01T00:00"]
    for moment in moments:
        await kept.publish(at(moment), sent=False)
    before = await kept.rows("select * from intake.event order by position")
    made = await kept.retention.make_parts()
    assert await kept.rows("select * from intake.event order by position") == before
    assert [(month.part, moved) for month, moved in made.items()] == [
        ("event_2026_10", 1),
        ("event_2026_11", 2),
        ("event_2026_12", 2),
        ("event_2027_01", 1),
        ("event_2027_02", 0),
        ("event_2028_02", 1),
        ("event_2028_03", 1),
    ]
    assert await kept.log() == [(Month.of(at(moment)).part, at(moment)) for moment in moments]
    assert await kept.rows("select 1 from only intake.event_default") == []


async def test_a_time_that_no_month_has_keeps_no_part_from_being_made(kept: Kept) -> None:
    """Somebody wrote it into the log by hand; it stays where it is."""
    for number, time in enumerate(("0044-03-15 BC", "-infinity", "infinity", "20000-01-01")):
        await kept.execute(
            "insert into intake.event (time, id, type, subject, sequence, correlation_id, data) "
            f"values ('{time}', gen_random_uuid(), 't', 's', {number}, gen_random_uuid(), '{{}}')"
        )
    assert list(await kept.retention.make_parts()) == [NOVEMBER.plus(ahead) for ahead in range(4)]
    assert await kept.parts() == READY


async def test_what_happens_later_goes_to_the_part_of_its_month_or_to_the_default(kept: Kept) -> None:
    await kept.retention.make_parts()
    await kept.publish(at("2027-02-28T23:59:59"))
    await kept.publish(at("2027-03-01T00:00"))
    assert [part for part, _ in await kept.log()] == ["event_2027_02", "event_default"]


async def test_a_part_has_the_keys_and_the_index_of_the_log(kept: Kept) -> None:
    await kept.retention.make_parts()
    definitions = await kept.rows(
        "select tablename, regexp_replace(indexdef, '^.* USING', '') from pg_indexes"
        " where schemaname = 'intake' and tablename in ('event_default', 'event_2026_11') order by 2, 1"
    )
    of_default = [definition for part, definition in definitions if part == "event_default"]
    assert len(of_default) == 4
    assert [definition for part, definition in definitions if part == "event_2026_11"] == of_default


async def test_two_processes_make_the_parts_together(kept: Kept) -> None:
    await kept.publish(NOW, 1, 2, 3)
    made = await asyncio.gather(*(Retention(database=kept.database).make_parts() for _ in range(3)))
    assert sum(sum(each.values()) for each in made) == 3
    assert sorted(month.part for each in made for month in each) == READY
    assert await kept.parts() == READY


async def test_the_service_publishes_and_the_relay_sends_while_parts_are_made(kept: Kept, vhost: str) -> None:
    await prepare_generation(kept.database, vhost, Handlers())
    enough, stop = asyncio.Event(), asyncio.Event()
    relaying = asyncio.create_task(Relay(database=kept.database, amqp_url=vhost, home=HOME).run(stop))

    async def publish(number: int) -> int:
        works = 0
        while not enough.is_set():
            async with kept.database.work() as work:
                work.publish(closed(number), closed(100 + number), closed(0))  # all tell of the last one
                await work.commit()
            works += 1
        return works

    publishing = [asyncio.create_task(publish(number)) for number in range(1, 5)]
    await asyncio.sleep(0.5)
    kept.clock.instant = NOVEMBER.plus(1).begins  # what waits to be sent is of this month and of the next
    for month in (NOVEMBER, NOVEMBER.plus(1), NOVEMBER.plus(2)):
        await when_free(partial(Parts(kept.database).make, month))
        await asyncio.sleep(0.3)
    enough.set()
    async with asyncio.timeout(60):
        published = 3 * sum(await asyncio.gather(*publishing))
        while await kept.rows("select 1 from intake.event where dispatched_at is null limit 1"):
            await asyncio.sleep(0.05)
    stop.set()
    await relaying
    assert await kept.rows("select subject from intake.event group by subject having count(*) <> max(sequence)") == []
    counted = await kept.rows("select tableoid::regclass::text, count(*) from intake.event group by 1 order by 1")
    assert [part for part, _ in counted] == ["event_2026_11", "event_2026_12"]
    assert sum(int(str(count)) for _, count in counted) == published


async def test_what_reads_the_log_all_the_time_keeps_parts_from_being_made_and_nobody_from_publishing(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "LOCK_WITHIN", 0.2)
    monkeypatch.setattr(parts, "PAUSES", (0.1,))
    async with kept.database.work() as reading:
        await reading.session.execute(text("select 1 from intake.event"))
        with pytest.raises(LogInUse):
            await kept.retention.make_parts()
        assert await kept.retention.look_ahead() is False
        await kept.publish(NOW)
    assert await kept.parts() == []
    assert await kept.retention.look_ahead() is True
    assert (await kept.parts(), await kept.log()) == (READY, [("event_2026_11", NOW)])


async def test_a_worker_makes_the_parts_and_deletes_nothing(kept: Kept) -> None:
    await kept.publish(at("2015-01-31T12:00"))
    await kept.execute("insert into intake.received values (gen_random_uuid(), null, '2015-01-01')")
    stop = asyncio.Event()
    running = asyncio.create_task(kept.retention.run(stop))
    async with asyncio.timeout(10):
        while await kept.parts() != ["event_2015_01", *READY]:
            await asyncio.sleep(0.05)
    stop.set()
    await asyncio.wait_for(running, 1)
    assert await kept.log() == [("event_2015_01", at("2015-01-31T12:00"))]
    assert await kept.rows("select count(*) from intake.received") == [(1,)]


async def test_a_worker_that_found_the_log_in_use_comes_again(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "LOCK_WITHIN", 0.2)
    monkeypatch.setattr(parts, "PAUSES", ())
    monkeypatch.setattr(retention, "TRY_AGAIN_AFTER", 0.1)
    stop = asyncio.Event()
    async with kept.database.work() as reading:
        await reading.session.execute(text("select 1 from intake.event"))
        running = asyncio.create_task(kept.retention.run(stop))
        await asyncio.sleep(0.5)
        assert await kept.parts() == []
    async with asyncio.timeout(10):
        while await kept.parts() != READY:
            await asyncio.sleep(0.05)
    stop.set()
    await asyncio.wait_for(running, 1)


# parts that are dropped


async def test_a_part_is_dropped_when_its_last_event_is_too_old(kept: Kept) -> None:
    moments = [at("2019-10-31T23:59:59.999999"), at("2019-11-01T00:00"), at("2019-12-01T00:00")]
    for moment in moments:
        await kept.publish(moment)
    kept.clock.instant = at("2026-11-30T23:59:59.999999")
    outcome = await kept.retention.carry_out(KEEP)
    assert (outcome.dropped, outcome.left) == ((Month(2019, 10),), {})
    assert await kept.log() == [("event_2019_11", moments[1]), ("event_2019_12", moments[2])]
    kept.clock.instant = at("2026-12-01T00:00")
    outcome = await kept.retention.carry_out(KEEP)
    assert (outcome.dropped, outcome.left) == ((Month(2019, 11),), {})
    assert await kept.log() == [("event_2019_12", moments[2])]
    assert (await kept.parts())[0] == "event_2019_12"


async def test_a_part_with_an_event_that_has_not_been_sent_stays(kept: Kept) -> None:
    await kept.publish(at("2019-09-30T12:00"), 1, 2)
    await kept.publish(at("2019-10-01T00:00"), 3)
    await kept.publish(at("2019-10-02T00:00"), 4, 5, sent=False)
    outcome = await kept.retention.carry_out(KEEP)
    assert (outcome.dropped, outcome.left) == ((Month(2019, 9),), {Month(2019, 10): Unsent(waiting=2, parked=0)})
    assert [part for part, _ in await kept.log()] == ["event_2019_10"] * 3
    await kept.execute("update intake.event set dispatched_at = now()")
    outcome = await kept.retention.carry_out(KEEP)
    assert (outcome.dropped, outcome.left, await kept.log()) == ((Month(2019, 10),), {}, [])


async def test_a_part_with_an_event_that_operators_look_after_stays(kept: Kept) -> None:
    await kept.publish(at("2019-10-01T00:00"), 1, 2)
    await kept.execute(
        "insert into intake.parked (id, outgoing, state, identity, event_id, attempts, body)"
        " select gen_random_uuid(), true, 'parked', id, id, 1, '' from intake.event limit 1"
    )
    outcome = await kept.retention.carry_out(KEEP)
    assert (outcome.dropped, outcome.left) == ((), {Month(2019, 10): Unsent(waiting=0, parked=1)})
    assert len(await kept.log()) == 2
    await kept.execute("update intake.parked set outgoing = false")  # what came in has its own body
    assert (await kept.retention.carry_out(KEEP)).dropped == (Month(2019, 10),)
    assert await kept.rows("select count(*) from intake.parked") == [(1,)]


async def test_a_subject_goes_on_counting_when_its_first_events_are_gone(kept: Kept) -> None:
    await kept.publish(at("2019-10-01T00:00"), 1, 1, 1)
    await kept.retention.carry_out(KEEP)
    assert await kept.log() == []
    await kept.publish(NOW, 1)
    assert await kept.rows("select sequence from intake.event") == [(4,)]
    assert await kept.rows("select sequence from intake.last_sequence") == [(4,)]


async def test_two_processes_drop_together(kept: Kept) -> None:
    await kept.publish(at("2019-10-01T00:00"))
    await kept.retention.make_parts()
    outcomes = await asyncio.gather(*(Retention(database=kept.database).carry_out(KEEP) for _ in range(2)))
    assert [outcome.left for outcome in outcomes] == [{}, {}]
    assert await kept.parts() == READY


async def test_what_operators_have_done_is_never_deleted(kept: Kept) -> None:
    await kept.execute(
        "insert into intake.intervention (id, identity, action, operator, done_at, body)"
        " values (gen_random_uuid(), gen_random_uuid(), 'discard', 'gert', '1999-01-01', '')"
    )
    await kept.retention.carry_out(KEEP)
    assert await kept.rows("select operator from intake.intervention") == [("gert",)]


# records and answers


async def remember(kept: Kept, *moments: datetime) -> None:
    rows = [{"identity": uuid4(), "received_at": moment} for moment in moments]
    async with kept.database.work() as work:
        await work.session.execute(insert(kept.database.tables.received), rows)
        await work.commit()


async def answer(kept: Kept, *moments: datetime) -> None:
    rows = [
        {"caller": "david", "key": str(uuid4()), "fingerprint": "", "status": 201, "created_at": moment}
        for moment in moments
    ]
    async with kept.database.work() as work:
        await work.session.execute(insert(kept.database.tables.answer), rows)
        await work.commit()


async def received(kept: Kept) -> list[datetime]:
    column = kept.database.tables.received.c.received_at
    async with kept.database.work() as work:
        return list(await work.session.scalars(select(column).order_by(column)))


async def answered(kept: Kept) -> list[datetime]:
    column = kept.database.tables.answer.c.created_at
    async with kept.database.work() as work:
        return list(await work.session.scalars(select(column).order_by(column)))


async def test_records_of_received_events_are_kept_for_25_months(kept: Kept) -> None:
    kept.clock.instant = at("2024-03-31T12:00")
    limit = at("2022-02-28T12:00")
    await remember(kept, limit - TICK, limit, limit + TICK, limit - timedelta(days=900))
    assert (await kept.retention.carry_out(KEEP)).received == 2
    assert await received(kept) == [limit, limit + TICK]


async def test_answers_are_kept_for_seven_days(kept: Kept) -> None:
    kept.clock.instant = at("2024-03-03T12:00")
    limit = at("2024-02-25T12:00")
    await answer(kept, limit - TICK, limit, limit + TICK, limit - timedelta(days=900))
    assert (await kept.retention.carry_out(KEEP)).answers == 2
    assert await answered(kept) == [limit, limit + TICK]


async def test_sent_emails_are_kept_for_thirty_days_and_unsent_ones_until_they_are_sent(kept: Kept) -> None:
    kept.clock.instant = at("2024-03-03T12:00")
    limit = at("2024-02-02T12:00")
    file = Enclosure("a.txt", "text/plain", b"a")
    mail = Mail("a@b.example", "da", Text("Status"), (), enclosures=(file,))
    async with kept.database.work() as work:
        ids = [await post(work, mail) for _ in range(5)]
        table = kept.database.tables.mail
        for id, sent_at in zip(ids, (limit - TICK, limit, limit + TICK, limit - timedelta(days=900)), strict=False):
            await work.session.execute(update(table).where(table.c.id == id).values(sent_at=sent_at))
        await work.commit()
    assert (await kept.retention.foresee(KEEP)).mails == 2
    assert (await kept.retention.carry_out(KEEP)).mails == 2
    left = [(id,) for id in sorted((ids[1], ids[2], ids[4]))]
    assert await kept.rows("select id from intake.mail order by id") == left
    assert await kept.rows("select mail_id from intake.enclosure order by mail_id") == left


@pytest.mark.parametrize("rows", [4, 5, 10, 11])
async def test_records_are_deleted_batch_by_batch(kept: Kept, monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    monkeypatch.setattr(records, "BATCH", 5)
    long_ago = at("2001-01-01T00:00")
    await remember(kept, *[long_ago] * rows, at("2026-11-01T00:00"))
    await answer(kept, *[long_ago] * rows, at("2026-11-21T00:00"))
    outcome = await kept.retention.carry_out(KEEP)
    assert (outcome.received, outcome.answers) == (rows, rows)
    assert (len(await received(kept)), len(await answered(kept))) == (1, 1)


async def test_a_clock_far_ahead_of_the_database_does_not_make_its_records_old(kept: Kept) -> None:
    just_now = datetime.now(UTC) - timedelta(hours=1)
    await remember(kept, just_now)
    await answer(kept, just_now)
    kept.clock.instant = just_now + timedelta(days=10_000)
    outcome = await kept.retention.carry_out(KEEP)
    assert (outcome.received, outcome.answers) == (0, 0)
    assert (await received(kept), await answered(kept)) == ([just_now], [just_now])


# limits


def test_the_limits_are_these_unless_said_otherwise() -> None:
    assert (KEEP.log_months, KEEP.received_months, KEEP.answers_days, KEEP.mail_days) == (84, 25, 7, 30)


@pytest.mark.parametrize("year", range(2024, 2030))
def test_records_outlive_every_replay(year: int) -> None:
    for month in range(1, 13):
        for now in (datetime(year, month, 1, tzinfo=UTC), datetime(year, month, 28, 23, 59, tzinfo=UTC)):
            assert months_before(now, REPLAY_MONTHS + 1) < remembered_since(now) == now - REPLAY_WINDOW


@pytest.mark.parametrize("months", [-1, 0, 1, 23, 24])
def test_records_that_a_replay_outlives_are_refused(months: int) -> None:
    with pytest.raises(ValidationError, match="must be at least 25, since the last 24 months can be replayed"):
        RetentionSettings(received_months=months)
    assert RetentionSettings(received_months=25).received_months == 25


# all of it


async def old_service(kept: Kept) -> None:
    """A service that has something to be made, dropped, left and deleted."""
    await kept.publish(at("2018-12-31T12:00"), 1, 2)
    await kept.publish(at("2019-01-01T12:00"), 3, sent=False)
    await kept.execute("insert into intake.received values (gen_random_uuid(), null, '2015-01-01')")
    await kept.execute("insert into intake.answer values ('david', 'a-key', '', 201, null, null, '2015-01-01')")


FORESEEN = Outcome(
    made={Month(2018, 12): 2, Month(2019, 1): 1, **{NOVEMBER.plus(ahead): 0 for ahead in range(4)}},
    dropped=(Month(2018, 12),),
    left={Month(2019, 1): Unsent(waiting=1, parked=0)},
    received=1,
    answers=1,
    mails=0,
)


async def test_what_is_foreseen_is_what_is_done_and_foreseeing_changes_nothing(kept: Kept) -> None:
    await old_service(kept)
    before = await kept.everything()
    assert await kept.retention.foresee(KEEP) == FORESEEN
    assert await kept.everything() == before
    assert await kept.retention.carry_out(KEEP) == FORESEEN


async def test_doing_it_again_changes_nothing(kept: Kept) -> None:
    await old_service(kept)
    await kept.retention.carry_out(KEEP)
    before = await kept.everything()
    again = Outcome(made={}, dropped=(), left=FORESEEN.left, received=0, answers=0, mails=0)
    assert await kept.retention.foresee(KEEP) == again
    assert await kept.retention.carry_out(KEEP) == again
    assert await kept.everything() == before


# the command


async def command(
    url: str, *arguments: str, service: str = "intake", **environment: str
) -> subprocess.CompletedProcess[str]:
    return await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", f"{service}.retention", *arguments],
        cwd=CHECKOUT,
        # in development, since in production a folder of attachments and other passwords would be demanded
        env={**os.environ, "PRAKSIS_ENVIRONMENT": "development", f"{service.upper()}_DATABASE_URL": url, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


async def test_the_command_says_what_it_would_do_then_does_it_and_then_has_nothing_to_do(kept: Kept) -> None:
    await kept.publish(at("2015-01-01T12:00"), 1, 2)
    await kept.execute("insert into intake.received values (gen_random_uuid(), null, '2015-01-01')")
    this = Month.of(datetime.now(UTC))
    ready = [this.plus(ahead).part for ahead in range(4)]
    before = await kept.everything()
    dry, done, again = [
        await command(kept.database.dsn, *arguments) for arguments in (["--dry-run", "--json"], ["--json"], ["--json"])
    ]
    expected = {
        "service": "intake",
        "dry_run": False,
        "made": [{"part": "event_2015_01", "events": 2}, *({"part": part, "events": 0} for part in ready)],
        "dropped": ["event_2015_01"],
        "left": [],
        "received": 1,
        "answers": 0,
        "mails": 0,
        "addresses_on_questions": 0,
        "needs_of_attendees": 0,
        "names_of_attendees": 0,
        "names_on_interest_lists": 0,
        "unconfirmed_subscriptions": 0,
        "unconfirmed_registrations": 0,
        "old_links_to_subscriptions": 0,
        "unsent_drafts": 0,
        "files_without_an_attachment": 0,
    }
    assert [(each.returncode, each.stderr) for each in (dry, done, again)] == [(0, "")] * 3
    assert json.loads(dry.stdout) == expected | {"dry_run": True}
    assert json.loads(done.stdout) == expected
    assert json.loads(again.stdout) == expected | {"made": [], "dropped": [], "received": 0}
    assert before != await kept.everything()
    assert (await kept.parts(), await kept.log()) == (ready, [])


async def test_the_command_says_which_part_it_left_and_why(kept: Kept) -> None:
    await kept.publish(at("2015-01-01T12:00"), 1, 2, sent=False)
    await kept.retention.make_parts()
    done = await command(kept.database.dsn, PRAKSIS_KEEP_LOG_MONTHS="12")
    assert (done.returncode, done.stderr) == (3, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "intake:"
    assert lines[1:13] == [
        "  0 records of received events deleted",
        "  0 answers to requests deleted",
        "  0 sent e-mails deleted",
        "  0 needs of attendees deleted",
        "  0 names of attendees deleted",
        "  0 names on interest lists deleted",
        "  0 addresses on questions deleted",
        "  0 unconfirmed subscriptions deleted",
        "  0 unconfirmed registrations deleted",
        "  0 old links to subscriptions deleted",
        "  0 unsent drafts deleted",
        "  0 files without an attachment deleted",
    ]
    assert lines[-1] == "  part event_2015_01 LEFT: 2 of its events have not been sent"
    dry = await command(kept.database.dsn, "--dry-run", PRAKSIS_KEEP_LOG_MONTHS="1200")
    assert (dry.returncode, dry.stdout.splitlines()[0]) == (0, "intake, dry run, nothing is changed:")
    assert "LEFT" not in dry.stdout


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"PRAKSIS_KEEP_RECEIVED_MONTHS": "24"}, "PRAKSIS_KEEP_RECEIVED_MONTHS: must be at least 25"),
        ({"PRAKSIS_KEEP_LOG_MONTHS": "0"}, "PRAKSIS_KEEP_LOG_MONTHS: Input should be greater than or equal to 1"),
        ({"PRAKSIS_KEEP_ANSWERS_DAYS": "soon"}, "PRAKSIS_KEEP_ANSWERS_DAYS: Input should be a valid integer"),
    ],
)
async def test_settings_that_cannot_be_used_change_nothing(kept: Kept, environment: dict[str, str], words: str) -> None:
    await old_service(kept)
    before = await kept.everything()
    refused = await command(kept.database.dsn, **environment)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith(words)
    assert await kept.everything() == before


async def test_a_database_that_is_not_there_is_said_without_its_password() -> None:
    failed = await command("postgresql://intake:very-secret@127.0.0.1:1/praksis")
    assert (failed.returncode, failed.stdout, len(failed.stderr.splitlines())) == (1, "", 1)
    assert failed.stderr.startswith("intake: ")
    assert "very-secret" not in failed.stderr


@pytest.mark.parametrize("service", ["scheduling", "reporting"])
async def test_every_service_has_the_command(service: str, database_url: Callable[[str], str]) -> None:
    done = await command(database_url(service), "--json", service=service)
    assert (done.returncode, done.stderr) == (0, "")
    assert (json.loads(done.stdout)["service"], len(json.loads(done.stdout)["made"])) == (service, 4)
