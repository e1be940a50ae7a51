"""What is folded comes to the same, one by one or in groups of any size, alone or beside others who write the same."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kernel_cases import MOMENT, opened
from properties import patient
from sqlalchemy import ARRAY, Column, MetaData, Table, Text, select, text
from sqlalchemy.event import listen, remove
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from shared.clock import SystemClock
from shared.contracts.base import Event
from shared.contracts.intake.rounds import RoundClosed, RoundOpened
from shared.data_mapper import Part
from shared.database import Database
from shared.errors import NotHeardOf
from shared.events.effects import Effects
from shared.events.envelope import Envelope
from shared.events.handlers import Handlers
from shared.events.projections import Projection
from shared.events.recovery.rebuilding import rebuild
from shared.events.shelves import Shelf
from shared.folds import Fold
from shared.tables import NAMING, kernel_tables
from shared.work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Programme:
    """The rounds of a programme, in the order in which they were told of."""

    name: str
    rounds: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """In which programme a round has opened, and whether it has closed."""

    round_id: UUID
    programme: str
    is_closed: bool = False


programmes = Fold(Programme)
seen = Fold(Seen)


@programmes.on(RoundOpened, key=lambda told: told.programme)
def add_round(known: Programme | None, told: RoundOpened) -> Programme:
    before = known or Programme(told.programme)
    return replace(before, rounds=(*before.rounds, told.round_id))


@seen.on(RoundOpened, key=lambda told: (told.programme, told.round_id))
def see(known: Seen | None, told: RoundOpened) -> Seen:
    return known or Seen(told.round_id, told.programme)


@seen.on(RoundClosed, key=lambda told: (told.programme, told.round_id))
def close(known: Seen | None, told: RoundClosed) -> Seen:
    if known is None:
        raise NotHeardOf("round")
    return replace(known, is_closed=True)


METADATA = MetaData(schema="intake", naming_convention=NAMING)


class Row(SQLModel, registry=registry(metadata=METADATA)):
    """The base of the rows of these tests."""

    metadata = METADATA


class ProgrammeRow(Row, table=True):
    """Of a name that must be quoted."""

    __tablename__ = "select"

    name: str = Field(primary_key=True)
    rounds: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))


class SeenRow(Row, table=True):
    __tablename__ = "seen"

    programme: str = Field(primary_key=True)
    round_id: UUID = Field(primary_key=True)
    is_closed: bool


ROUNDS = Part(["rounds"], lambda held: [[str(each) for each in held]], lambda row: tuple(map(UUID, row)))
PROGRAMMES, SEEN = Shelf(programmes, ProgrammeRow, rounds=ROUNDS), Shelf(seen, SeenRow)
PROJECTION = Projection("rounds", PROGRAMMES, SEEN)
TABLES: tuple[Table, ...] = PROJECTION.tables


def closed(number: int, programme: str) -> RoundClosed:
    return RoundClosed(round_id=UUID(int=number), programme=programme)


# Without a database


def test_an_event_is_folded_onto_what_stands_under_its_key() -> None:
    assert programmes.after([opened(1, "a"), opened(2, "b"), closed(1, "a"), opened(3, "a")]) == {
        "a": Programme("a", (UUID(int=1), UUID(int=3))),
        "b": Programme("b", (UUID(int=2),)),
    }


def test_what_stood_before_stays_as_it_was() -> None:
    before = seen.after([opened(1, "a")])
    after = seen.after([closed(1, "a")], before)
    assert before == {("a", UUID(int=1)): Seen(UUID(int=1), "a")}
    assert after == {("a", UUID(int=1)): Seen(UUID(int=1), "a", is_closed=True)}


def test_an_event_has_one_step() -> None:
    with pytest.raises(ValueError, match="RoundOpened has its step already"):
        programmes.on(RoundOpened, key=lambda told: told.programme)(add_round)


def test_a_value_stands_under_its_own_key() -> None:
    with pytest.raises(ValueError, match="Programme has made the value of another key"):
        PROGRAMMES.columns("a", Programme("b"))


# In groups, on tables


class Folding:
    """A service that has nothing but the projection."""

    def __init__(self, database: Database, *more: Handlers) -> None:
        self.database = database
        self.effects = Effects(database, Handlers.together(PROJECTION.handlers, *more))
        self._numbers = 0

    async def take(self, *events: Event) -> None:
        await self.effects.of_all([self._told(event) for event in events])

    async def content(self) -> list[list[tuple[Any, ...]]]:
        async with self.database.work() as work:
            found = [await work.session.execute(select(table).order_by(*table.primary_key)) for table in TABLES]
            return [[tuple(row) for row in rows] for rows in found]

    async def empty(self) -> None:
        async with self.database.work() as work:
            await work.session.execute(text('truncate intake.received, intake."select", intake.seen'))
            await work.commit()

    def _told(self, event: Event) -> Envelope:
        self._numbers += 1
        return Envelope(
            id=str(self._numbers),
            source=event.producer,
            type=event.type_name(),
            subject=event.subject,
            sequence=self._numbers,
            time=MOMENT,
            correlation_id=UUID(int=1),
            causation_id=None,
            traceparent=None,
            data=event.model_dump(mode="json"),
        )


async def make_tables(database: Database) -> None:
    async with database.work() as work:
        for table in TABLES:
            await (await work.session.connection()).run_sync(table.create)
        await work.commit()


@pytest.fixture
async def folding(database: Database) -> Folding:
    await make_tables(database)
    return Folding(database)


def rows_of(events: Sequence[Event]) -> list[list[tuple[Any, ...]]]:
    """The rows that the events come to where they are folded one by one."""
    told: dict[Hashable, Programme] = programmes.after(events)
    met: dict[Hashable, Seen] = seen.after(events)
    return [
        sorted((each.name, [str(id) for id in each.rounds]) for each in told.values()),
        sorted((each.programme, each.round_id, each.is_closed) for each in met.values()),
    ]


numbers, names = st.integers(1, 4), st.sampled_from(["a", "b", "Ærø' \\"])
openings = st.builds(opened, numbers, names)
histories = st.lists(st.one_of(openings, st.builds(closed, numbers, names)), max_size=25)


def without_what_nobody_heard_of(events: Sequence[Event]) -> list[Event]:
    """What does not speak of a round before it has opened."""
    heard: set[tuple[str, UUID]] = set()
    kept: list[Event] = []
    for event in events:
        assert isinstance(event, RoundOpened | RoundClosed)
        if isinstance(event, RoundOpened):
            heard.add((event.programme, event.round_id))
        if (event.programme, event.round_id) in heard:
            kept.append(event)
    return kept


def test_groups_of_any_size_and_a_rebuild_come_to_what_one_by_one_comes_to(database_url: Callable[[str], str]) -> None:
    with asyncio.Runner() as runner:
        own = kernel_tables(MetaData(schema="intake"))
        database = Database(database_url("intake"), service="intake", tables=own, clock=SystemClock())
        folding = Folding(database)
        runner.run(make_tables(database))

        async def grouped(events: Sequence[Event], cuts: set[int]) -> list[list[tuple[Any, ...]]]:
            await folding.empty()
            bounds = sorted({0, *(cut for cut in cuts if cut < len(events)), len(events)})
            for first, end in pairwise(bounds):
                await folding.take(*events[first:end])
            live = await folding.content()
            assert await rebuild(database, PROJECTION, "amqp://127.0.0.1:1") == len(events)
            assert await folding.content() == live
            return live

        @settings(patient, max_examples=25)
        @given(histories, st.sets(st.integers(1, 24)))
        def check(events: list[Event], cuts: set[int]) -> None:
            told = without_what_nobody_heard_of(events)
            assert runner.run(grouped(told, cuts)) == rows_of(told)

        try:
            check()
        finally:
            runner.run(database.close())


async def test_a_group_reads_each_table_once_and_writes_it_once(folding: Folding) -> None:
    await folding.take(opened(1, "a"), opened(2, "b"))
    before = await statements(folding.database, partial(folding.take))
    events = [opened(number, name) for number in range(3, 50) for name in "abc"]
    sent = await statements(folding.database, partial(folding.take, *events, closed(3, "a")))
    assert sent - before <= 2 + 2 * len(TABLES)


async def statements(database: Database, act: Callable[[], Awaitable[None]]) -> int:
    """How many statements are sent."""
    sent: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        sent.append(statement)

    engine = database._engine.sync_engine
    listen(engine, "before_cursor_execute", note)
    try:
        await act()
    finally:
        remove(engine, "before_cursor_execute", note)
    return len(sent)


@pytest.mark.parametrize("before", [[], [opened(9, "a")]], ids=["nothing", "something"])
async def test_what_others_add_meanwhile_is_not_lost(folding: Folding, before: list[Event]) -> None:
    await folding.take(*before)
    rounds = [opened(number, "a") for number in range(1, 9)]
    await asyncio.gather(*(folding.take(each) for each in rounds))
    ((_, told),) = (await folding.content())[0]
    expected = [*rounds, *before]
    assert sorted(told) == sorted(str(each.round_id) for each in expected if isinstance(each, RoundOpened))


async def test_who_decides_sees_what_was_folded_before(database: Database) -> None:
    await make_tables(database)
    on, found = Handlers(), list[int]()

    @on(RoundClosed)
    async def look(event: RoundClosed, work: UnitOfWork) -> None:
        found.append(len((await work.session.execute(select(SEEN.table))).all()))

    await Folding(database, on).take(opened(1, "a"), closed(1, "a"), opened(2, "a"), opened(3, "a"), closed(2, "a"))
    assert found == [1, 3]


async def test_a_group_with_an_event_that_cannot_be_folded_leaves_nothing(folding: Folding) -> None:
    with pytest.raises(NotHeardOf):
        await folding.take(opened(1, "a"), closed(2, "a"))
    assert await folding.content() == [[], []]
