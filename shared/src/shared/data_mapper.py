"""A data mapper between frozen values and rows: a store declares only the fields that differ between the two.

A field is stored in the column of its name if both have one type, or the field is a `StrEnum` or a `Literal` and the
column a text. Other fields are declared: a `Part` names the columns of a field, `Within` maps the fields of a nested
value like those around it, and `Elsewhere` marks a field that comes from other rows. A field or column that is left
over raises an error when the mapper is made, which is when the module is imported.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Generic, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter
from sqlmodel import SQLModel

Value = TypeVar("Value")
R = TypeVar("R", bound=SQLModel)

VERSION = "version"


@dataclass(frozen=True, slots=True)
class Part:
    """A field in these columns: `split` returns their values, in order, and `join` makes the field from them."""

    columns: Sequence[str]
    split: Callable[[Any], Sequence[Any]]
    join: Callable[..., Any]


def nested(kind: type, *columns: str) -> Part:
    """A field that is a value: each of its fields takes one of the columns, in order."""
    names = _names(kind, columns)
    return Part(columns, lambda held: [getattr(held, name) for name in names], kind)


def optional(kind: type, *columns: str) -> Part:
    """Like `nested`, but the value may be None: then the columns are null, and None is read where the first column is
    null."""
    names = _names(kind, columns)
    return Part(
        columns,
        lambda held: [None if held is None else getattr(held, name) for name in names],
        lambda *found: None if found[0] is None else kind(*found),
    )


def under(column: str) -> Part:
    """A field in a column of another name and the same type."""
    return Part((column,), lambda held: [held], lambda found: found)


def listed(column: str, kind: Callable[[str], Any], into: type = tuple) -> Part:
    """A collection in one column that lists the texts of its elements; a set is sorted."""
    return Part(
        (column,),
        lambda held: [sorted(map(str, held)) if into is frozenset else [str(each) for each in held]],
        lambda found: into(kind(each) for each in found),
    )


def in_json(column: str, kind: Any) -> Part:
    """A field stored as JSON in one column, and parsed back into its type."""
    adapter: TypeAdapter[Any] = TypeAdapter(kind)
    return Part((column,), lambda held: [adapter.dump_python(held, mode="json")], adapter.validate_python)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A field that comes from other rows; the caller of `value` passes it."""


ELSEWHERE = Elsewhere()


@dataclass(frozen=True, slots=True)
class Within:
    """A field that is a value, whose fields are in the columns of their names."""

    kind: type
    named: Mapping[str, "Part | Elsewhere | Within"]


def within(kind: type, **named: Part | Elsewhere | Within) -> Within:
    """A nested value, of which only the fields are declared that differ from their columns."""
    return Within(kind, named)


class DataMapper(Generic[Value, R]):
    """Maps one type of frozen value to one type of row.

    `own` are columns that the value does not have, with their values in a new row. Raises `TypeError` for a field or
    column that is not mapped, or mapped wrongly.
    """

    def __init__(
        self,
        value: type[Value],
        row: type[R],
        *,
        own: Mapping[str, Any] | None = None,
        **named: Part | Elsewhere | Within,
    ) -> None:
        self._value = value
        self._row = row
        self._own = dict(own or {})
        columns = _columns_of(row)
        self._fields = _Fields(value, columns, named)
        _require_nothing_left(row, [*self._fields.taken(), *self._own], columns)

    def columns(self, value: Value) -> dict[str, Any]:
        """The values of the columns for a value, without the row's own columns."""
        return self._fields.columns(value)

    def row(self, value: Value, **own: Any) -> R:
        """A new row for a value."""
        return self._row(**self.columns(value), **self._own | own)

    def value(self, row: R, **elsewhere: Any) -> Value:
        """The value of a row; `elsewhere` are the fields that come from other rows."""
        if elsewhere.keys() != set(self._fields.elsewhere()):
            raise TypeError(f"{self._value.__name__} takes from elsewhere: {sorted(self._fields.elsewhere())}")
        found: Value = self._fields.value(row, elsewhere)
        return found

    def update(self, row: R, value: Value) -> Value:
        """Write a value to its loaded row, with the next version; returns the value with that version."""
        risen: Value = replace(value, version=getattr(value, VERSION) + 1)  # type: ignore[type-var]
        for column, held in self.columns(risen).items():
            setattr(row, column, held)
        return risen


class _Fields:
    """Where the fields of one kind of value stand, and those of the values in it."""

    def __init__(self, kind: type, columns: Mapping[str, Any], named: Mapping[str, Part | Elsewhere | Within]) -> None:
        kinds, known = get_type_hints(kind), [field.name for field in fields(kind)]
        self._kind = kind
        self._same = {name: _reader(kind, name, kinds[name], columns) for name in known if name not in named}
        if unknown := set(named) - set(known):
            raise TypeError(f"{kind.__name__} has no field {', '.join(sorted(unknown))}")
        self._elsewhere = [name for name, each in named.items() if isinstance(each, Elsewhere)]
        self._parts = {name: each for name, each in named.items() if isinstance(each, Part)}
        self._within = {
            name: _Fields(each.kind, columns, each.named) for name, each in named.items() if isinstance(each, Within)
        }

    def taken(self) -> list[str]:
        """The columns in which something of it stands."""
        of_parts = [column for part in self._parts.values() for column in part.columns]
        return [*self._same, *of_parts, *(column for each in self._within.values() for column in each.taken())]

    def elsewhere(self) -> list[str]:
        """The fields that come from other rows."""
        return [*self._elsewhere, *(name for each in self._within.values() for name in each.elsewhere())]

    def columns(self, value: Any) -> dict[str, Any]:
        found = {name: getattr(value, name) for name in self._same}
        for name, part in self._parts.items():
            found |= zip(part.columns, part.split(getattr(value, name)), strict=True)
        for name, each in self._within.items():
            found |= each.columns(getattr(value, name))
        return found

    def value(self, row: SQLModel, elsewhere: Mapping[str, Any]) -> Any:
        found = {name: read(getattr(row, name)) for name, read in self._same.items()}
        for name, part in self._parts.items():
            found[name] = part.join(*(getattr(row, column) for column in part.columns))
        for name, each in self._within.items():
            found[name] = each.value(row, elsewhere)
        return self._kind(**found, **{name: elsewhere[name] for name in self._elsewhere})


def _names(kind: type, columns: Sequence[str]) -> list[str]:
    names = [field.name for field in fields(kind)]
    if len(names) != len(columns):
        raise TypeError(f"{kind.__name__} has the fields {', '.join(names)}, and not a column for each")
    return names


def _columns_of(row: type[SQLModel]) -> dict[str, Any]:
    return {name: field.annotation for name, field in row.model_fields.items()}


def _reader(value: type, name: str, kind: Any, columns: Mapping[str, Any]) -> Callable[[Any], Any]:
    """The function that makes a field's value from its column's."""
    if name not in columns:
        raise TypeError(f"{value.__name__}.{name} has no column: say where it is kept")
    if _is_text_of(kind, columns[name]) or kind == columns[name]:
        return lambda held: held
    enum, others = _enum_in(kind)
    if enum is not None and _kinds(columns[name]) == {str, *others}:
        return lambda held: None if held is None else enum(held)
    raise TypeError(f"{value.__name__}.{name} is {kind}, and its column {columns[name]}: say how one becomes the other")


def _is_text_of(kind: Any, column: Any) -> bool:
    """Whether a field is one of several texts, or none of them, and its column a text or none."""
    literals = {each for each in _kinds(kind) if get_origin(each) is Literal}
    return bool(literals) and {str, *(_kinds(kind) - literals)} == _kinds(column)


def _enum_in(kind: Any) -> tuple[type[StrEnum] | None, set[Any]]:
    kinds = _kinds(kind)
    enums = [each for each in kinds if isinstance(each, type) and issubclass(each, StrEnum)]
    return (enums[0], kinds - {enums[0]}) if len(enums) == 1 and kinds - {enums[0]} <= {NoneType} else (None, set())


def _kinds(kind: Any) -> set[Any]:
    return set(get_args(kind)) if get_origin(kind) in (Union, UnionType) else {kind}


def _require_nothing_left(row: type[SQLModel], taken: Sequence[str], columns: Mapping[str, Any]) -> None:
    odd = set(taken) ^ set(columns) | {name for name in taken if taken.count(name) > 1}
    if odd:
        raise TypeError(f"{row.__name__}.{', '.join(sorted(odd))}: no column, or one that no field takes")
