"""Stores the values of a projection (read model): each is a row of one table, read and written for a whole group of
events at once."""

import json
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, Generic, TypeVar

from sqlalchemy import (
    JSON,
    ColumnElement,
    Select,
    Table,
    TableValuedAlias,
    Text,
    and_,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel

from shared.contracts.base import Event
from shared.data_mapper import DataMapper, Part
from shared.folds import Fold, Step

Value = TypeVar("Value")


class Shelf(Generic[Value]):
    """The table of a fold's values, one row for each, by its primary key.

    `parts` are as in `DataMapper`: fields that are not simply a column of the same name. Only the fold writes the
    table.
    """

    def __init__(self, fold: Fold[Value], row: type[SQLModel], **parts: Part) -> None:
        self.fold = fold
        self.table: Table = row.__table__  # type: ignore[attr-defined]
        self._mapper: DataMapper[Value, Any] = DataMapper(fold.value, row, own=None, **parts)
        self.names = tuple(row.model_fields)
        self._key = tuple(each.name for each in self.table.primary_key)

    async def load(self, session: AsyncSession, keys: Iterable[Hashable]) -> dict[Hashable, Value]:
        """Load and lock the rows under these keys; keys without a row are left out. No other transaction can change the
        rows until the work is over."""
        asked = json.dumps([dict(zip(self._key, _parts(key), strict=True)) for key in keys], default=str)
        rows = await session.execute(self._loading, {"keys": asked})
        return {self._key_in({name: getattr(row, name) for name in self._key}): self._mapper.value(row) for row in rows}

    async def write(
        self,
        session: AsyncSession,
        new: Mapping[Hashable, Value],
        changed: Mapping[Hashable, Value],
        *,
        schema: str | None = None,
    ) -> list[Hashable]:
        """Write values with one statement: `new` ones are inserted, `changed` ones updated.

        Returns the keys of those `new` ones that another transaction has inserted meanwhile: they are not written. With
        a `schema`, the table of the same name in that schema is written.
        """
        rows = {"made": self._as_json(new), "changed": self._as_json(changed)}
        options = {"schema_translate_map": {self.table.schema: schema}} if schema else {}
        taken = await session.execute(self._writing, rows, execution_options=options)
        return [self._key_in(row) for row in taken.mappings()]

    def records(self, values: Mapping[Hashable, Value]) -> Iterator[tuple[Any, ...]]:
        """The rows for values, with the columns in the order of `names`, as asyncpg's COPY takes them."""
        documents = {name for name in self.names if isinstance(self.table.c[name].type, JSON)}
        for key, value in values.items():
            found = self.columns(key, value)
            yield tuple(
                json.dumps(found[name]) if name in documents and found[name] is not None else found[name]
                for name in self.names
            )

    def columns(self, key: Hashable, value: Value) -> dict[str, Any]:
        """The columns of a value's row. Raises `ValueError` for a value that belongs under another key."""
        found = self._mapper.columns(value)
        if self._key_in(found) != key:
            raise ValueError(f"a step of {self.fold.value.__name__} has made the value of another key")
        return found

    def _as_json(self, values: Mapping[Hashable, Value]) -> str:
        """The rows as JSON, sorted by key: two transactions that write some of the same rows take their locks in one
        order, and cannot deadlock."""
        rows = [self.columns(key, values[key]) for key in sorted(values, key=str)]
        return json.dumps(rows, default=str)

    def _key_in(self, row: Mapping[str, Any]) -> Hashable:
        parts = tuple(row[name] for name in self._key)
        return parts if len(parts) > 1 else parts[0]

    @cached_property
    def _loading(self) -> Select[Any]:
        """The statement, made once: to build it costs more than to run it."""
        key = [self.table.c[name] for name in self._key]
        asked = self._given("keys")
        wanted = select(*(asked.c[name] for name in self._key))
        columns = [self.table.c[name] for name in self.names]
        return select(*columns).where(tuple_(*key).in_(wanted)).order_by(*key).with_for_update()

    @cached_property
    def _writing(self) -> Select[Any]:
        given, made = self._given("made"), self._made()
        taken = ~select(made.c[self._key[0]]).where(self._same(made, given)).exists()
        statement = select(*(given.c[name] for name in self._key)).where(taken)
        others = [name for name in self.names if name not in self._key]
        if others:
            changed = self._given("changed")
            values = {name: changed.c[name] for name in others}
            statement = statement.add_cte(
                update(self.table).values(values).where(self._same(self.table, changed)).cte("updated")
            )
        return statement

    def _made(self) -> Any:
        given = self._given("made")
        rows = select(*(given.c[name] for name in self.names))
        making = upsert(self.table).from_select(list(self.names), rows)
        return (
            making.on_conflict_do_nothing(index_elements=list(self._key))
            .returning(*(self.table.c[name] for name in self._key))
            .cte("inserted")
        )

    def _given(self, name: str) -> TableValuedAlias:
        """Rows of the table that are passed as one JSON document, in one parameter, whatever their number and types."""
        like: ColumnElement[Any] = literal_column(f'null::{self.table.schema}."{self.table.name}"')
        columns = [column(each, self.table.c[each].type) for each in self.names]
        document = cast(bindparam(name, type_=Text), JSON)
        return func.json_populate_recordset(like, document).table_valued(*columns, name=name)

    def _same(self, one: Any, other: Any) -> ColumnElement[bool]:
        return and_(*(one.c[name] == other.c[name] for name in self._key))


class Group:
    """The values of one shelf while a group of events is folded: loaded once, folded in memory, written once."""

    def __init__(self, shelf: Shelf[Any]) -> None:
        self._shelf = shelf
        self._taken: list[tuple[Step, Event]] = []
        self._before: dict[Hashable, Any] = {}
        self._now: dict[Hashable, Any] = {}

    async def load(self, session: AsyncSession, keys: Collection[Hashable]) -> None:
        """Load the values under the keys."""
        self._before = await self._shelf.load(session, keys)
        self._now = dict(self._before)

    def fold(self, step: Step, event: Event) -> None:
        """Apply a step to an event in memory. Raises what the step raises."""
        self._taken.append((step, event))
        self._fold(step, event)

    async def write(self, session: AsyncSession) -> None:
        """Write the changed values.

        Where another transaction has inserted a first value under a key meanwhile, that value is loaded, and the events
        of this group are folded onto it.
        """
        keys = await self._write(session)
        while keys:
            await self.load(session, keys)
            for step, event in self._taken:
                if step.key(event) in keys:
                    self._fold(step, event)
            keys = await self._write(session)

    def _fold(self, step: Step, event: Event) -> None:
        key = step.key(event)
        self._now[key] = step.function(self._now.get(key), event)

    async def _write(self, session: AsyncSession) -> set[Hashable]:
        before = self._before
        new = {key: value for key, value in self._now.items() if key not in before}
        changed = {key: value for key, value in self._now.items() if key in before and before[key] != value}
        return set(await self._shelf.write(session, new, changed)) if new or changed else set()


def _parts(key: Hashable) -> tuple[Any, ...]:
    return key if isinstance(key, tuple) else (key,)
