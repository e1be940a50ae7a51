"""Values become rows and rows values, and what is not said of a field or a column is noticed before anything runs."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

import pytest
from sqlalchemy import JSON, Column, MetaData
from sqlmodel import Field, SQLModel

from shared.data_mapper import ELSEWHERE, DataMapper, Part, in_json, listed, nested, optional, under, within


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True)
class Place:
    town: str
    street: str


@dataclass(frozen=True)
class Thing:
    id: UUID
    name: str
    colour: Colour
    second: Colour | None
    language: Literal["da", "en"]
    seen_on: date | None
    place: Place | None
    parts: tuple[str, ...]
    version: int = 1


class Row(SQLModel):
    metadata = MetaData()


class ThingRow(Row, table=True):
    id: UUID = Field(primary_key=True)
    version: int
    name: str
    colour: str
    second: str | None
    language: str
    seen_on: date | None
    town: str | None
    street: str | None
    hidden: bool


class OddRow(Row, table=True):
    id: UUID = Field(primary_key=True)
    name: int
    colour: str | None


PLACE = optional(Place, "town", "street")
NAMED: dict[str, Any] = {"place": PLACE, "parts": ELSEWHERE}
THINGS = DataMapper(Thing, ThingRow, own={"hidden": False}, **NAMED)
FULL = Thing(
    UUID(int=1),
    "One",
    Colour.RED,
    Colour.BLUE,
    "en",
    date(2026, 11, 30),
    Place("Nuuk", "Imaneq"),
    ("a", "b"),
    version=3,
)
BARE = Thing(UUID(int=2), "Two", Colour.BLUE, None, "da", None, None, ())


@pytest.mark.parametrize("thing", [FULL, BARE])
def test_a_value_becomes_a_row_and_the_row_the_value(thing: Thing) -> None:
    row = THINGS.row(thing)
    assert (row.hidden, THINGS.value(row, parts=thing.parts)) == (False, thing)
    assert type(THINGS.value(row, parts=()).colour) is Colour
    assert THINGS.row(thing, hidden=True).hidden is True


def test_a_row_is_brought_up_to_its_value_under_the_next_version() -> None:
    row = THINGS.row(FULL, hidden=True)
    risen = THINGS.update(row, Thing(FULL.id, "Other", Colour.BLUE, None, "da", None, None, ("c",), version=3))
    assert risen == Thing(FULL.id, "Other", Colour.BLUE, None, "da", None, None, ("c",), version=4)
    assert (row.hidden, THINGS.value(row, parts=("c",))) == (True, risen)


def test_what_comes_from_elsewhere_is_brought_along() -> None:
    row = THINGS.row(FULL)
    for brought in ({}, {"parts": (), "name": "x"}, {"place": None}):
        with pytest.raises(TypeError, match=r"from elsewhere: \['parts'\]"):
            THINGS.value(row, **brought)


@pytest.mark.parametrize(
    ("own", "changed", "told"),
    [
        ({}, {}, "ThingRow.hidden: no column, or one that no field takes"),
        ({"hidden": False, "size": 1}, {}, "ThingRow.size: no column, or one that no field takes"),
        ({"hidden": False}, {"place": Part(("town",), lambda _: (), lambda _: None)}, "ThingRow.street: no column"),
        ({"hidden": False}, {"weight": ELSEWHERE}, "Thing has no field weight"),
    ],
)
def test_nothing_is_left_over(own: dict[str, Any], changed: dict[str, Any], told: str) -> None:
    with pytest.raises(TypeError, match=told):
        DataMapper(Thing, ThingRow, own=own, **NAMED | changed)


@dataclass(frozen=True)
class Odd:
    id: UUID
    colour: Colour | None
    name: str


@dataclass(frozen=True)
class Bound:
    id: UUID
    colour: Colour
    name: int


def test_what_is_of_another_kind_is_no_copy() -> None:
    with pytest.raises(TypeError, match=r"Odd\.name is <class 'str'>, and its column <class 'int'>: say how"):
        DataMapper(Odd, OddRow)
    with pytest.raises(TypeError, match=r"Bound\.colour is <enum 'Colour'>, and its column .*: say how"):
        DataMapper(Bound, OddRow)
    with pytest.raises(TypeError, match=r"Thing\.parts has no column: say where it is kept"):
        DataMapper(Thing, ThingRow, own={"hidden": False}, place=PLACE)


def test_a_value_in_a_value_takes_a_column_for_each_of_its_fields() -> None:
    part = nested(Place, "town", "street")
    assert (list(part.split(Place("Nuuk", "Imaneq"))), part.join("Nuuk", "Imaneq")) == (
        ["Nuuk", "Imaneq"],
        Place("Nuuk", "Imaneq"),
    )
    for make in (nested, optional):
        with pytest.raises(TypeError, match="Place has the fields town, street, and not a column for each"):
            make(Place, "town")


@dataclass(frozen=True)
class Inner:
    name: str
    colour: Colour | None
    language: Literal["da", "en"] | None = None
    on: date | None = None
    parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outer:
    id: UUID
    inner: Inner
    seen: frozenset[Colour] = frozenset()
    numbers: tuple[UUID, ...] = ()
    places: tuple[Place | Decimal, ...] = ()


class OuterRow(Row, table=True):
    id: UUID = Field(primary_key=True)
    name: str
    colour: str | None
    language: str | None
    taken_on: date | None
    seen: list[str] = Field(sa_column=Column(JSON))
    numbers: list[str] = Field(sa_column=Column(JSON))
    places: list[Any] = Field(sa_column=Column(JSON))


INNER = within(Inner, on=under("taken_on"), parts=ELSEWHERE)
LISTS: dict[str, Any] = {
    "seen": listed("seen", Colour, frozenset),
    "numbers": listed("numbers", UUID),
    "places": in_json("places", tuple[Place | Decimal, ...]),
}
OUTERS = DataMapper(Outer, OuterRow, inner=INNER, **LISTS)


@pytest.mark.parametrize(
    "outer",
    [
        Outer(UUID(int=1), Inner("One", None)),
        Outer(
            UUID(int=1),
            Inner("One", Colour.RED, "en", date(2026, 11, 30), ("a",)),
            frozenset(Colour),
            (UUID(int=3), UUID(int=2)),
            (Place("Nuuk", "Imaneq"), Decimal("7.5")),
        ),
    ],
)
def test_the_fields_of_a_value_within_are_copied_like_those_around_it(outer: Outer) -> None:
    row = OUTERS.row(outer)
    assert (row.name, row.taken_on, OUTERS.value(row, parts=outer.inner.parts)) == (
        outer.inner.name,
        outer.inner.on,
        outer,
    )


def test_a_list_is_plain_and_a_set_in_order() -> None:
    columns = OUTERS.columns(Outer(UUID(int=1), Inner("One", None), frozenset(Colour), (UUID(int=2),)))
    assert (columns["seen"], columns["numbers"]) == (["blue", "red"], [str(UUID(int=2))])
    assert {type(each) for each in columns["seen"]} == {str}


@dataclass(frozen=True)
class Wider(Inner):
    size: int = field(default=1)


@dataclass(frozen=True)
class Doubled(Outer):
    name: str = ""


def test_nothing_of_a_value_within_is_forgotten_and_no_column_is_taken_twice() -> None:
    with pytest.raises(TypeError, match=r"Wider\.size has no column: say where it is kept"):
        DataMapper(Outer, OuterRow, inner=within(Wider, on=under("taken_on"), parts=ELSEWHERE), **LISTS)
    with pytest.raises(TypeError, match="Inner has no field weight"):
        DataMapper(Outer, OuterRow, inner=within(Inner, weight=ELSEWHERE, **INNER.named), **LISTS)
    with pytest.raises(TypeError, match=r"OuterRow\.name: no column, or one that no field takes"):
        DataMapper(Doubled, OuterRow, inner=INNER, **LISTS)
