"""A projection is rebuilt beside the live one, which goes on being written and read, and takes its place."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from aio_pika import Message, connect
from kernel_cases import MOMENT, Kernel, opened, running
from sqlalchemy import BigInteger, Column, Identity, MetaData, Table, delete, insert, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from shared.clock import FixedClock
from shared.contracts.base import Event
from shared.contracts.intake.rounds import RoundClosed, RoundOpened
from shared.data_mapper import Part
from shared.database import Database
from shared.errors import NotHeardOf, Refused
from shared.events.effects import Effects
from shared.events.envelope import Envelope, encode, identity_of
from shared.events.handlers import Folding
from shared.events.projections import Projection
from shared.events.recovery.generations import prepare_generation
from shared.events.recovery.log_stream import FIRST, read_log
from shared.events.recovery.rebuilding import NotRebuilt, rebuild
from shared.events.shelves import Shelf
from shared.events.topology import EVENTS, LOG, PARTITION_KEY
from shared.folds import Fold
from shared.operations import commands
from shared.operations.queries import failure_by_id
from shared.settings import REPLAY_WINDOW
from shared.tables import NAMING
from shared.work import UnitOfWork

METADATA = MetaData(schema="intake", naming_convention=NAMING)


class Row(SQLModel, registry=registry(metadata=METADATA)):
    """The base of the rows of these tests."""

    metadata = METADATA


class ProjectedRow(Row, table=True):
    __tablename__ = "projected"

    round_id: UUID = Field(primary_key=True)
    told: list[Any] = Field(sa_column=Column(JSONB, nullable=False))


PROJECTED: Table = ProjectedRow.__table__  # type: ignore[attr-defined]
PROJECTED.append_column(Column("number", BigInteger, Identity(), nullable=False))


@dataclass(frozen=True, slots=True)
class Round:
    """What was told of a round, in its order, each with the version of the step that has noted it."""

    round_id: UUID
    told: tuple[tuple[str, int], ...] = ()


TOLD = Part(["told"], lambda held: [[list(each) for each in held]], lambda row: tuple(map(tuple, row)))


def by_round(told: RoundOpened | RoundClosed) -> UUID:
    return told.round_id


def by_number(told: tuple[str, int]) -> tuple[int, str]:
    """As p2 comes before p10."""
    what = told[0]
    return int(what.removeprefix("p").partition("-")[0]) if what.startswith("p") else 0, what


class Projecting(Kernel):
    """A service whose rounds are also projected into a table of their own."""

    def __init__(self, database: Database, amqp_url: str) -> None:
        super().__init__(database, amqp_url)
        self.projected = PROJECTED
        self.version = 1
        self.fold = Fold(Round)
        self.fold.on(RoundOpened, key=by_round)(self.note_opened)
        self.shelf = Shelf(self.fold, ProjectedRow, told=TOLD)
        self.projection = Projection("rounds", self.shelf)
        self.handlers.add(Folding(self.shelf, self.fold.steps[0]))

    def note_opened(self, known: Round | None, event: RoundOpened) -> Round:
        before = known or Round(event.round_id)
        return replace(before, told=(*before.told, (event.programme, self.version)))

    async def note_closed(self, event: RoundClosed, work: UnitOfWork) -> None:
        await work.session.execute(text("insert into intake.effect (what) values ('closed')"))

    async def publish_closed(self, number: int, programme: str = "long-course") -> None:
        async with self.database.work() as work:
            work.publish(closed(number, programme))
            await work.commit()

    async def project_closings(self) -> None:
        """Let the projection follow closings, too, each of a round that it must have heard of."""
        self.fold.on(RoundClosed, key=by_round)(self.note_closing)
        self.projection = Projection("rounds", self.shelf)
        self.handlers.add(Folding(self.shelf, self.fold.steps[1]))
        await prepare_generation(self.database, self.amqp_url, self.handlers)

    def note_closing(self, known: Round | None, event: RoundClosed) -> Round:
        name, _, order = event.programme.partition("-")
        if known is None or not any(what.startswith(name) for what, _ in known.told):
            raise NotHeardOf("round")
        noted = ((f"{what}-{order}", self.version) if what.startswith(name) else (what, v) for what, v in known.told)
        return replace(known, told=tuple(noted))

    async def send(self, *envelopes: Envelope) -> None:
        """Send what another service has written, as its relay does."""
        async with await connect(self.amqp_url, timeout=10) as broker:
            exchange = await (await broker.channel()).get_exchange(EVENTS, ensure=False)
            for envelope in envelopes:
                message = Message(encode(envelope), headers={PARTITION_KEY: envelope.subject})
                await exchange.publish(message, envelope.routing_key, timeout=10)

    async def lose_the_log(self) -> None:
        async with await connect(self.amqp_url, timeout=10) as broker:
            await (await broker.channel()).queue_delete(LOG)
        await prepare_generation(self.database, self.amqp_url, self.handlers)

    async def send_own_again(self, event: type[Event]) -> None:
        """Let the relay send again what the service has written of this kind, and wait until the log has it."""
        ((sent,),) = await self.rows(f"select count(*) from intake.event where type = '{event.type_name()}'")
        before = await self.logged()
        await self.execute(f"update intake.event set dispatched_at = null where type = '{event.type_name()}'")
        await self.until_logged(before + int(str(sent)))

    async def until_logged(self, count: int) -> None:
        async def there() -> bool:
            return await self.logged() == count

        await self.until(there)

    async def logged(self) -> int:
        return sum([len(entries) async for entries in read_log(self.amqp_url, FIRST)])

    async def rebuild(self) -> int:
        return await rebuild(self.database, self.projection, self.amqp_url)

    async def forget(self, *programmes: str) -> None:
        """Let the service not remember that it has had these."""
        sent = await self.rows("select id, data ->> 'programme' from intake.event")
        forgotten = [identity_of("intake", str(id)) for id, programme in sent if programme in programmes]
        received = self.database.tables.received
        async with self.database.work() as work:
            await work.session.execute(delete(received).where(received.c.identity.in_(forgotten)))
            await work.commit()

    async def forget_what_was_said(self) -> None:
        """Let everything have been received before there was a journal."""
        nothing = "source = null, subject = null, sequence = null, type = null, data = null"
        await self.execute(f"update intake.received set {nothing}")

    async def until_somebody_waits(self) -> None:
        """Until a statement waits for a lock on a table that another has."""

        async def there() -> bool:
            return await self.rows("select 1 from pg_locks where not granted and locktype = 'relation'") != []

        await self.until(there)

    @asynccontextmanager
    async def begun(self) -> AsyncIterator[asyncio.Task[int]]:
        """A rebuild that has asked the log and reads no journal until the end of the context."""
        async with self.database.work() as work:
            await work.session.execute(text("lock table intake.rebuild in exclusive mode"))
            rebuilding = asyncio.create_task(self.rebuild())
            await self.until_somebody_waits()
            yield rebuilding

    def grow_old(self, age: timedelta) -> None:
        """Let so much time pass."""
        self.database.clock = FixedClock(self.database.clock.now() + age)

    async def until_content(self, *expected: tuple[str, int]) -> None:
        async def there() -> bool:
            return sorted(await self.content(), key=str) == sorted(expected, key=str)

        await self.until(there)

    async def until_parked(self, *expected: str) -> None:
        async def there() -> bool:
            bodies = await self.rows(
                "select convert_from(body, 'UTF8')::json -> 'data' ->> 'programme' from intake.parked"
            )
            return [what for (what,) in bodies] == list(expected)

        await self.until(there)

    async def content(self) -> list[tuple[str, int]]:
        """What was told, by the number in its name, with the version that it was noted in."""
        return sorted((each for told in await self.told() for each in told), key=by_number)

    async def of_rounds(self) -> list[list[str]]:
        """What was told of each round, in the order in which the projection was told."""
        return [[what for what, _ in told] for told in await self.told()]

    async def told(self) -> list[list[tuple[str, int]]]:
        rows = await self.rows("select told::text from intake.projected order by round_id")
        return [[(str(what), int(version)) for what, version in json.loads(str(told))] for (told,) in rows]


@pytest.fixture
async def kernel(database: Database, vhost: str) -> AsyncIterator[Projecting]:
    kernel = Projecting(database, vhost)
    async with database.work() as work:
        await (await work.session.connection()).run_sync(kernel.projected.create)
        await work.commit()
    async with running(kernel):
        yield kernel


def closed(number: int, programme: str) -> RoundClosed:
    return RoundClosed(round_id=UUID(int=number), programme=programme)


def told_by(source: str, subject: str, sequence: int, event: Event) -> Envelope:
    """An event as a service of this name has written it."""
    return Envelope(
        id=f"{subject}-{sequence}-{uuid4()}",
        source=source,
        type=event.type_name(),
        subject=subject,
        sequence=sequence,
        time=MOMENT,
        correlation_id=UUID(int=1),
        causation_id=None,
        traceparent=None,
        data=event.model_dump(mode="json"),
    )


def names(count: int, start: int = 0) -> list[str]:
    return [f"p{number}" for number in range(start, count)]


JOURNAL = pytest.mark.parametrize("journal", [True, False], ids=["journal", "before there was one"])


async def publish(kernel: Kernel, what: list[str]) -> None:
    for name in what:
        await kernel.publish(opened(int(name[1:]) % 7, name))


async def test_the_rebuilt_tables_take_the_place_of_the_live_ones(kernel: Projecting) -> None:
    await publish(kernel, names(50))
    await kernel.until_effects(*names(50))
    kernel.version = 2
    assert await kernel.rebuild() == 50
    assert await kernel.content() == [(name, 2) for name in names(50)]
    assert await kernel.effects() == names(50)  # the other handlers have seen nothing of it


async def test_what_happens_meanwhile_is_in_the_new_tables_once(kernel: Projecting) -> None:
    await publish(kernel, names(100))
    await kernel.until_effects(*names(100))
    writing = asyncio.create_task(publish(kernel, names(400, start=100)))
    for _ in range(3):
        await kernel.rebuild()
    await writing
    await kernel.until_effects(*names(400))
    assert sorted(int(str(what)[1:]) for what, _ in await kernel.content()) == list(range(400))


async def test_a_rebuilt_table_has_the_names_and_numbers_of_the_old_one(kernel: Projecting) -> None:
    await publish(kernel, names(3))
    await kernel.until_effects(*names(3))
    catalogue = (
        "select conname, pg_get_constraintdef(oid) from pg_constraint where conrelid = 'intake.projected'::regclass"
        " union select 'identity', pg_get_serial_sequence('intake.projected', 'number')"
    )
    before = await kernel.rows(catalogue)
    await kernel.rebuild()
    assert await kernel.rows(catalogue) == before
    await publish(kernel, ["p3"])
    await kernel.until_effects(*names(4))
    assert await kernel.content() == [(name, 1) for name in names(4)]
    assert await kernel.rows("select tablename from pg_tables where schemaname = 'intake_rebuild'") == []


async def test_what_waits_parked_is_in_neither_until_it_is_handled(kernel: Projecting) -> None:
    kernel.failures["p3"] = [Refused("no"), Refused("no")]
    await publish(kernel, names(20))
    waiting = ["p3", "p10", "p17"]  # of one subject
    done = [name for name in names(20) if name not in waiting]
    await kernel.until_effects(*done)
    await kernel.rebuild()
    assert sorted(str(what) for what, _ in await kernel.content()) == sorted(done)
    await kernel.execute("update intake.parked set state = 'retrying', retry_at = now() where state = 'parked'")
    await kernel.until_effects(*done, *waiting)
    assert sorted(str(what) for what, _ in await kernel.content()) == sorted(names(20))


async def test_what_went_on_past_a_parked_event_is_in_the_new_tables_as_in_the_live_ones(kernel: Projecting) -> None:
    """Another system counts its events wrongly: the second has the number of the first, and does not wait behind it."""
    kernel.failures["p1"] = [Refused("no"), Refused("no")]
    await kernel.send(told_by("elsewhere", "round/1", 1, opened(1, "p1")))
    await kernel.until_parked("p1")
    await kernel.send(told_by("elsewhere", "round/1", 1, opened(1, "p2")))
    await kernel.until_effects("p2")
    assert await kernel.rebuild() == 1
    assert await kernel.content() == [("p2", 1)]
    await kernel.until_parked("p1")


@JOURNAL
async def test_an_event_that_was_given_up_is_not_in_the_new_tables(kernel: Projecting, journal: bool) -> None:
    kernel.failures["p1"] = [Refused("no"), Refused("no")]
    await publish(kernel, names(3))
    await kernel.until_effects("p0", "p2")
    await kernel.execute(
        "insert into intake.intervention (id, identity, event_id, action, reason, operator, done_at, body)"
        " select id, identity, event_id, 'discard', 'wrong', 'gert', now(), body from intake.parked"
    )
    await kernel.execute("insert into intake.received (identity) select identity from intake.parked")
    await kernel.execute("delete from intake.parked")
    if not journal:
        await kernel.forget_what_was_said()
    await kernel.rebuild()
    assert [what for what, _ in await kernel.content()] == ["p0", "p2"]


async def test_what_was_received_before_its_source_was_remembered_is_in_the_new_tables(kernel: Projecting) -> None:
    """It has a row for each service that can have sent it; the log has it from one of them."""
    await publish(kernel, names(3))
    await kernel.until_effects(*names(3))
    events = await kernel.rows("select id from intake.event")
    await kernel.execute("delete from intake.received")
    async with kernel.database.work() as work:
        for (id,) in events:
            rows = [
                {"told_id": id, "identity": identity_of(source, str(id))}
                for source in ("intake", "scheduling", "reporting")
            ]
            await work.session.execute(insert(kernel.database.tables.received).values(rows))
        await work.commit()
    await kernel.rebuild()
    assert sorted(str(what) for what, _ in await kernel.content()) == names(3)


async def test_what_is_older_than_the_memory_of_it_is_in_the_new_tables(kernel: Projecting) -> None:
    kernel.failures["p2"] = [Refused("no"), Refused("no")]
    await publish(kernel, names(5))
    await kernel.until_effects("p0", "p1", "p3", "p4")
    await kernel.forget("p0", "p1")
    expected = [("p0", 1), ("p1", 1), ("p3", 1), ("p4", 1)]
    kernel.grow_old(REPLAY_WINDOW)
    assert await kernel.rebuild() == 4
    assert await kernel.content() == expected
    await kernel.until_parked("p2")


async def test_what_was_given_up_so_long_ago_that_it_is_forgotten_is_not_in_the_new_tables(kernel: Projecting) -> None:
    kernel.failures["p1"] = [Refused("no"), Refused("no")]
    await publish(kernel, names(3))
    await kernel.until_effects("p0", "p2")
    ((id,),) = await kernel.rows("select id from intake.parked")
    async with kernel.database.work() as work:
        await commands.discard(work, UUID(str(id)), "gert", "wrong")
        await work.commit()
    await kernel.forget("p0", "p1")
    kernel.grow_old(REPLAY_WINDOW)
    assert await kernel.rebuild() == 2
    assert await kernel.content() == [("p0", 1), ("p2", 1)]


async def test_what_is_old_and_stands_in_the_log_behind_what_is_young_is_in_the_new_tables(kernel: Projecting) -> None:
    """As after the loss of the log, which each service fills again by itself."""
    await publish(kernel, names(3))
    await kernel.until_effects(*names(3))
    await kernel.lose_the_log()
    young = [told_by("elsewhere", "course/1", order, closed(1, "young")) for order in range(1, 3001)]
    await kernel.send(*young)
    await kernel.until_logged(len(young))
    await kernel.send_own_again(RoundOpened)
    await kernel.forget(*names(3))
    kernel.grow_old(REPLAY_WINDOW)
    assert await kernel.rebuild() == 3
    assert await kernel.content() == [(name, 1) for name in names(3)]


async def test_what_is_younger_than_the_memory_of_it_has_not_been_had(kernel: Projecting) -> None:
    await publish(kernel, names(3))
    await kernel.until_effects(*names(3))
    await kernel.forget("p1")
    kernel.grow_old(REPLAY_WINDOW - timedelta(minutes=10))
    assert await kernel.rebuild() == 2


async def test_a_service_that_reads_the_log_for_the_first_time_has_forgotten_nothing(kernel: Projecting) -> None:
    await publish(kernel, names(3))
    await kernel.until_effects(*names(3))
    await kernel.forget("p1")
    kernel.grow_old(REPLAY_WINDOW)
    await kernel.execute("update intake.generation set replay_from = 'first'")
    assert await kernel.rebuild() == 2


@JOURNAL
async def test_an_edited_event_is_in_the_new_tables_as_it_was_tried(kernel: Projecting, journal: bool) -> None:
    kernel.failures["p1"] = [Refused("no"), Refused("no")]
    await publish(kernel, names(3))
    await kernel.until_effects("p0", "p2")
    ((id,),) = await kernel.rows("select id from intake.parked")
    operator = "gert"
    async with kernel.database.work() as work:
        failure = await failure_by_id(work, UUID(str(id)))
        assert failure is not None
        data = {**json.loads(failure.body)["data"], "programme": "edited"}
        await commands.edit(work, UUID(str(id)), operator, failure.version, data, "wrong")
        await commands.retry(work, UUID(str(id)), operator)
        await work.commit()
    await kernel.until_effects("p0", "p2", "edited")
    if not journal:
        await kernel.forget_what_was_said()
    await kernel.rebuild()
    assert sorted(str(what) for what, _ in await kernel.content()) == ["edited", "p0", "p2"]


async def test_a_failing_rebuild_changes_nothing(kernel: Projecting) -> None:
    await publish(kernel, names(10))
    await kernel.until_effects(*names(10))

    def fail(known: Round | None, event: RoundOpened) -> Round:
        if event.programme == "p7":
            raise Refused("not-this-one")
        return known or Round(event.round_id)

    fold = Fold(Round)
    fold.on(RoundOpened, key=by_round)(fail)
    kernel.projection = Projection("rounds", Shelf(fold, ProjectedRow, told=TOLD))
    with pytest.raises(Refused):
        await kernel.rebuild()
    assert await kernel.content() == [(name, 1) for name in names(10)]
    await publish(kernel, ["p10"])
    await kernel.until_effects(*names(11))


async def test_two_rebuilds_at_once_are_refused(kernel: Projecting) -> None:
    await publish(kernel, names(30))
    await kernel.until_effects(*names(30))
    outcomes = await asyncio.gather(kernel.rebuild(), kernel.rebuild(), return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NotRebuilt", "int"]
    assert NotRebuilt in {type(outcome) for outcome in outcomes}


async def test_progress_is_kept_where_operators_look(kernel: Projecting) -> None:
    await publish(kernel, names(5))
    await kernel.until_effects(*names(5))
    await kernel.rebuild()
    rows = await kernel.rows("select projection, events, total, finished_at > started_at from intake.rebuild")
    assert ("rounds", 5, 5, True) in rows


async def test_what_the_service_has_received_is_rebuilt_without_the_log(kernel: Projecting) -> None:
    await publish(kernel, names(20))
    await kernel.until_effects(*names(20))
    await kernel.lose_the_log()
    kernel.version = 2
    assert await kernel.rebuild() == 20
    assert await kernel.content() == [(name, 2) for name in names(20)]


async def test_what_was_received_before_there_was_a_journal_is_taken_from_the_log_once(kernel: Projecting) -> None:
    await publish(kernel, names(20))
    await kernel.until_effects(*names(20))
    await kernel.forget_what_was_said()
    await publish(kernel, names(25, start=20))
    await kernel.until_effects(*names(25))
    kernel.version = 2
    assert await kernel.rebuild() == 25
    assert await kernel.content() == [(name, 2) for name in names(25)]
    await kernel.lose_the_log()
    kernel.version = 3
    assert await kernel.rebuild() == 25
    expected = [[f"p{number}" for number in range(subject, 25, 7)] for subject in range(7)]
    assert await kernel.of_rounds() == expected


async def test_what_is_being_received_while_a_rebuild_begins_is_in_the_new_tables(kernel: Projecting) -> None:
    """Its position is lower than that of what was committed before it."""
    await publish(kernel, names(3))
    await kernel.until_effects(*names(3))
    async with kernel.database.work() as work:
        effects = Effects(kernel.database, kernel.handlers)
        await effects.of_unseen(work, [told_by("elsewhere", "round/9", 1, opened(9, "slow"))])
        await publish(kernel, names(5, start=3))
        await kernel.until_content(*((name, 1) for name in names(5)))
        rebuilding = asyncio.create_task(kernel.rebuild())
        await kernel.until_somebody_waits()
        await work.commit()
    assert await rebuilding == 6
    everything = sorted([*names(5), "slow"])
    assert sorted(str(what) for what, _ in await kernel.content()) == everything
    assert sorted(await kernel.effects()) == everything


async def test_records_deleted_while_the_log_is_read_are_noticed(kernel: Projecting) -> None:
    """The log tells of them, and so did the journal when the log was read: the new tables would lack them."""
    await publish(kernel, names(3))
    await kernel.until_effects(*names(3))
    kernel.grow_old(REPLAY_WINDOW)
    async with kernel.begun() as rebuilding:
        await kernel.forget("p1")
    with pytest.raises(NotRebuilt, match="the records of 1 events were deleted"):
        await rebuilding
    assert await kernel.content() == [(name, 1) for name in names(3)]
    assert await kernel.rebuild() == 3


async def test_what_an_older_worker_receives_meanwhile_is_noticed(kernel: Projecting) -> None:
    """It gives the live tables its effect, and does not keep what it said."""
    await publish(kernel, names(3))
    await kernel.until_effects(*names(3))
    async with kernel.begun() as rebuilding:
        await kernel.execute("insert into intake.received (identity) values (gen_random_uuid())")
    with pytest.raises(NotRebuilt, match="an older worker has received 1 events"):
        await rebuilding
    assert await kernel.content() == [(name, 1) for name in names(3)]


async def test_a_log_that_lacks_what_the_tables_know_takes_nobody_s_place(kernel: Projecting) -> None:
    await publish(kernel, names(20))
    await kernel.until_effects(*names(20))
    await kernel.forget_what_was_said()
    await kernel.lose_the_log()
    with pytest.raises(NotRebuilt, match="the log lacks 20 events"):
        await kernel.rebuild()
    assert await kernel.content() == [(name, 1) for name in names(20)]
    await kernel.send_own_again(RoundOpened)
    kernel.version = 2
    assert await kernel.rebuild() == 20
    assert await kernel.content() == [(name, 2) for name in names(20)]


@JOURNAL
async def test_what_the_service_reacted_to_once_keeps_nobody_from_rebuilding(kernel: Projecting, journal: bool) -> None:
    kernel.handlers(RoundClosed)(kernel.note_closed)
    await prepare_generation(kernel.database, kernel.amqp_url, kernel.handlers)
    await publish(kernel, names(5))
    await kernel.publish_closed(3)
    await kernel.until_effects(*names(5), "closed")
    if not journal:
        await kernel.forget_what_was_said()
    kernel.version = 2
    assert await kernel.rebuild() == 5
    assert await kernel.content() == [(name, 2) for name in names(5)]


async def test_a_log_whose_producers_stand_in_another_order_gives_the_same_tables(kernel: Projecting) -> None:
    """As after the loss of the log, which each service fills again by itself."""
    await kernel.project_closings()
    await publish(kernel, names(5))
    await kernel.until_effects(*names(5))
    closings = [
        told_by("elsewhere", f"course/{number}", order, closed(number, f"p{number}-{order}"))
        for order in (1, 2)
        for number in range(5)
    ]
    await kernel.send(*closings)
    expected = [(f"p{number}-1-2", 1) for number in range(5)]
    await kernel.until_content(*expected)
    await kernel.forget_what_was_said()
    await kernel.execute("update intake.received set position = 1000 - position")
    await kernel.lose_the_log()
    await kernel.send(*closings)
    await kernel.until_logged(10)
    await kernel.send_own_again(RoundOpened)
    kernel.version = 2
    assert await kernel.rebuild() == 15
    assert await kernel.content() == [(what, 2) for what, _ in expected]


async def test_what_was_sent_again_stands_in_the_log_behind_what_followed_it(kernel: Projecting) -> None:
    """As after `praksis events republish`: the first events of a subject are the last ones."""
    await kernel.project_closings()
    await publish(kernel, names(3))
    for number in range(3):
        await kernel.publish_closed(number, f"p{number}-1")
    expected = [(f"p{number}-1", 1) for number in range(3)]
    await kernel.until_content(*expected)
    await kernel.forget_what_was_said()
    await kernel.lose_the_log()
    await kernel.send_own_again(RoundClosed)
    with pytest.raises(NotRebuilt, match="the log lacks 3 events"):
        await kernel.rebuild()
    await kernel.send_own_again(RoundOpened)
    kernel.version = 2
    assert await kernel.rebuild() == 6
    assert await kernel.content() == [(what, 2) for what, _ in expected]


async def test_a_subject_that_stands_in_the_log_in_another_order_is_taken_in_its_own(kernel: Projecting) -> None:
    """As after the loss of the log, when something new came into it before all that went before."""
    await publish(kernel, names(20))
    await kernel.until_effects(*names(20))
    await kernel.forget_what_was_said()
    await kernel.lose_the_log()
    await kernel.execute("update intake.event set dispatched_at = null where data ->> 'programme' = 'p10'")
    await kernel.until_logged(1)
    await kernel.execute("update intake.event set dispatched_at = null where data ->> 'programme' <> 'p10'")
    await kernel.until_logged(20)
    kernel.version = 2
    assert await kernel.rebuild() == 20
    assert await kernel.content() == [(name, 2) for name in names(20)]
    expected = [[f"p{number}" for number in range(subject, 20, 7)] for subject in range(7)]
    assert await kernel.of_rounds() == expected


async def test_a_subject_that_was_received_in_another_order_is_taken_in_its_own(kernel: Projecting) -> None:
    """As after a purge; and what depends on another subject may have the lower position."""
    await kernel.project_closings()
    await publish(kernel, names(20))
    await kernel.until_effects(*names(20))
    await kernel.send(
        *(told_by("elsewhere", f"course/{number}", 1, closed(number, f"p{number}-1")) for number in (2, 3))
    )
    expected = [(f"p{number}-1" if number in (2, 3) else f"p{number}", 1) for number in range(20)]
    await kernel.until_content(*expected)
    await kernel.execute("update intake.received set position = 1000 - position")
    kernel.version = 2
    assert await kernel.rebuild() == 22
    rounds = await kernel.of_rounds()
    assert rounds[1] == ["p1", "p8", "p15"]
    assert [rounds[2][0], rounds[3][0]] == ["p2-1", "p3-1"]


async def test_a_log_that_does_not_tell_what_its_events_are_about_takes_nobody_s_place(kernel: Projecting) -> None:
    """What began it all is older than log and memory go back."""
    await kernel.project_closings()
    await publish(kernel, names(3))
    await kernel.publish_closed(1, "p1-1")
    expected = [("p0", 1), ("p1-1", 1), ("p2", 1)]
    await kernel.until_content(*expected)
    await kernel.lose_the_log()
    await kernel.send_own_again(RoundClosed)
    await kernel.forget("p0", "p1", "p2")
    with pytest.raises(NotRebuilt) as refused:
        await kernel.rebuild()
    assert str(refused.value) == (
        "what has been received is about what the service has forgotten and the log does not tell of (round):"
        " 1 events wait for it, and this cannot be rebuilt"
    )
    assert await kernel.content() == expected
