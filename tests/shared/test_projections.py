"""A projection is rebuilt beside the live one, which goes on being written and read, and takes its place."""

import asyncio
import json
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from aio_pika import connect
from kernel_cases import Kernel, opened, running
from sqlalchemy import BigInteger, Column, Identity, Integer, Table, Text, insert, text

from shared.contracts.intake import RoundClosed, RoundOpened
from shared.database import Database
from shared.errors import Refused
from shared.events.envelope import identity_of
from shared.events.generations import prepare_generation
from shared.events.handlers import Handlers
from shared.events.log_stream import FIRST, read_log
from shared.events.projections import NotRebuilt, Projection, rebuild
from shared.events.topology import LOG
from shared.operations import commands
from shared.operations.queries import failure_by_id
from shared.work import UnitOfWork


class Projecting(Kernel):
    """A service whose rounds are also projected into a table of their own."""

    def __init__(self, database: Database, amqp_url: str) -> None:
        super().__init__(database, amqp_url)
        metadata = database.tables.event.metadata
        self.projected = Table(
            "projected",
            metadata,
            Column("id", BigInteger, Identity(), primary_key=True),
            Column("what", Text, nullable=False),
            Column("version", Integer, nullable=False),
        )
        self.version = 1
        on = Handlers()
        on(RoundOpened)(self.project)
        self.handlers(RoundOpened)(self.project)
        self.projection = Projection("rounds", on, (self.projected,))

    async def project(self, event: RoundOpened, work: UnitOfWork) -> None:
        await work.session.execute(insert(self.projected).values(what=event.programme, version=self.version))

    async def note_closed(self, event: RoundClosed, work: UnitOfWork) -> None:
        await work.session.execute(text("insert into intake.effect (what) values ('closed')"))

    async def publish_closed(self, number: int) -> None:
        async with self.database.work() as work:
            work.publish(RoundClosed(round_id=UUID(int=number), programme="long-course"))
            await work.commit()

    async def rebuild(self) -> int:
        return await rebuild(self.database, self.projection, self.handlers, self.amqp_url)

    async def content(self) -> list[tuple[object, ...]]:
        return await self.rows("select what, version from intake.projected order by id")


@pytest.fixture
async def kernel(database: Database, vhost: str) -> AsyncIterator[Projecting]:
    kernel = Projecting(database, vhost)
    async with database.work() as work:
        await (await work.session.connection()).run_sync(kernel.projected.create)
        await work.commit()
    async with running(kernel):
        yield kernel


def names(count: int, start: int = 0) -> list[str]:
    return [f"p{number}" for number in range(start, count)]


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
        " union select 'identity', pg_get_serial_sequence('intake.projected', 'id')"
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


async def test_an_event_that_was_given_up_is_not_in_the_new_tables(kernel: Projecting) -> None:
    kernel.failures["p1"] = [Refused("no"), Refused("no")]
    await publish(kernel, names(3))
    await kernel.until_effects("p0", "p2")
    await kernel.execute(
        "insert into intake.intervention (id, identity, event_id, action, reason, operator, done_at, body)"
        " select id, identity, event_id, 'discard', 'wrong', 'gert', now(), body from intake.parked"
    )
    await kernel.execute("insert into intake.received (identity) select identity from intake.parked")
    await kernel.execute("delete from intake.parked")
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


async def test_an_edited_event_is_in_the_new_tables_as_it_was_tried(kernel: Projecting) -> None:
    kernel.failures["p1"] = [Refused("no"), Refused("no")]
    await publish(kernel, names(3))
    await kernel.until_effects("p0", "p2")
    ((id,),) = await kernel.rows("select id from intake.parked")
    operator = "gert"
    async with kernel.database.work() as work:
        failure = await failure_by_id(work, kernel.database.tables, UUID(str(id)))
        assert failure is not None
        data = {**json.loads(failure.body)["data"], "programme": "edited"}
        await commands.edit(work, kernel.database.tables, UUID(str(id)), operator, failure.version, data, "wrong")
        await commands.retry(work, kernel.database.tables, UUID(str(id)), operator)
        await work.commit()
    await kernel.until_effects("p0", "p2", "edited")
    await kernel.rebuild()
    assert sorted(str(what) for what, _ in await kernel.content()) == ["edited", "p0", "p2"]


async def test_a_failing_rebuild_changes_nothing(kernel: Projecting) -> None:
    await publish(kernel, names(10))
    await kernel.until_effects(*names(10))

    async def fail(event: RoundOpened, work: UnitOfWork) -> None:
        if event.programme == "p7":
            raise Refused("not-this-one")

    on = Handlers()
    on(RoundOpened)(fail)
    kernel.projection = Projection("rounds", on, (kernel.projected,))
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


async def test_a_log_that_lacks_what_the_tables_know_takes_nobody_s_place(kernel: Projecting) -> None:
    await publish(kernel, names(20))
    await kernel.until_effects(*names(20))
    async with await connect(kernel.amqp_url, timeout=10) as broker:
        await (await broker.channel()).queue_delete(LOG)
    await prepare_generation(kernel.database, kernel.amqp_url, kernel.handlers)
    with pytest.raises(NotRebuilt, match="the log lacks 20 events"):
        await kernel.rebuild()
    assert await kernel.content() == [(name, 1) for name in names(20)]
    await kernel.execute("update intake.event set dispatched_at = null")

    async def logged_again() -> bool:
        return sum([len(entries) async for entries in read_log(kernel.amqp_url, FIRST)]) == 20

    await kernel.until(logged_again)
    kernel.version = 2
    assert await kernel.rebuild() == 20
    assert await kernel.content() == [(name, 2) for name in names(20)]


async def test_what_the_service_reacted_to_once_keeps_nobody_from_rebuilding(kernel: Projecting) -> None:
    kernel.handlers(RoundClosed)(kernel.note_closed)
    await prepare_generation(kernel.database, kernel.amqp_url, kernel.handlers)
    await publish(kernel, names(5))
    await kernel.publish_closed(3)
    await kernel.until_effects(*names(5), "closed")
    without = Handlers(each for each in kernel.handlers.declared if each.event is not RoundClosed)
    kernel.version = 2
    assert await rebuild(kernel.database, kernel.projection, without, kernel.amqp_url) == 5
    assert await kernel.content() == [(name, 2) for name in names(5)]
