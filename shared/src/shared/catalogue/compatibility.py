"""Checks whether a change of an event's schema is compatible, both backward and forward.

The new model must read events that were published before, and existing consumers, which may validate by the schema they
know, must read events that are published from now on. So a version may only gain optional fields; any other change of
what is valid needs a new version.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Schema = Mapping[str, Any]

WORDS = frozenset({"$schema", "$id", "$comment", "$defs", "title", "description", "examples", "deprecated"})
"""Keywords that do not affect validity; nor do those that begin with `x-`."""
COMPARED = frozenset(
    {"$ref", "type", "format", "anyOf", "oneOf", "enum", "const", "properties", "required", "default"}
    | {"items", "prefixItems", "additionalProperties"}
)
"""Keywords that are compared by their meaning; every other one is a limit."""
TIGHTER_WHEN_LARGER = frozenset({"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"})
TIGHTER_WHEN_SMALLER = frozenset({"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"})
NOTHING: Schema = {"not": {}}
"""The schema `false`."""


def incompatibilities(old: Schema, new: Schema) -> list[str]:
    """Every incompatible change from `old` to `new`, as a sentence that begins with a JSON path.

    Both are JSON Schemas with all that they refer to. Raises `ValueError` for a reference that cannot be resolved.
    """
    return list(_Comparison(old, new).of("$", old, new, frozenset()))


@dataclass(frozen=True, slots=True)
class _Alternative:
    """One of the types that a part accepts; `reference` is the `$ref` that it came from, if any."""

    part: Schema
    reference: str | None

    @property
    def type(self) -> str:
        type_, format_ = self.part.get("type", "anything"), self.part.get("format")
        return f"{type_} ({format_})" if format_ else str(type_)


@dataclass(frozen=True, slots=True)
class _Comparison:
    old: Schema
    new: Schema

    def of(self, path: str, old: Schema, new: Schema, seen: frozenset[tuple[str | None, str | None]]) -> Iterator[str]:
        """The changes at `path` and below; `seen` are the references that have been followed to get here."""
        before, after = _alternatives(self.old, old), _alternatives(self.new, new)
        if _takes_null(before) != _takes_null(after):
            yield _null_sentence(path, gained=_takes_null(after))
        before, after = _without_null(before), _without_null(after)
        if [each.type for each in before] != [each.type for each in after]:
            yield f"{path} was {_in_words(before)} and is now {_in_words(after)}."
            return
        for one, other in zip(before, after, strict=True):
            step = (one.reference, other.reference)
            if step == (None, None) or step not in seen:
                yield from self._of_one_type(path, one.part, other.part, seen | {step})

    def _of_one_type(
        self, path: str, old: Schema, new: Schema, seen: frozenset[tuple[str | None, str | None]]
    ) -> Iterator[str]:
        yield from _choice_differences(path, _choices(old), _choices(new))
        yield from _limit_differences(path, old, new)
        yield from _field_differences(path, old, new)
        for name, before, after in _parts_of_both(old, new):
            yield from self.of(f"{path}{name}", before, after, seen)


def _alternatives(root: Schema, part: Schema, reference: str | None = None) -> list[_Alternative]:
    """The types that a part accepts, sorted by name, each with the limits that stand beside a union."""
    if "$ref" in part:
        beside = {keyword: value for keyword, value in part.items() if keyword != "$ref"}
        return _alternatives(root, {**_found(root, part["$ref"]), **beside}, part["$ref"])
    for union in ("anyOf", "oneOf"):
        if union in part:
            beside = {keyword: value for keyword, value in part.items() if keyword != union}
            found = [each for inner in part[union] for each in _alternatives(root, {**beside, **inner}, reference)]
            return sorted(found, key=lambda each: each.type)
    if isinstance(part.get("type"), list):
        return [_Alternative({**part, "type": each}, reference) for each in sorted(part["type"])]
    return [_Alternative(part, reference)]


def _found(root: Schema, reference: str) -> Schema:
    part: Any = root
    for step in reference.removeprefix("#/").split("/"):
        part = part.get(step.replace("~1", "/").replace("~0", "~")) if isinstance(part, Mapping) else None
    if not isinstance(part, Mapping):
        raise ValueError(f"{reference} leads nowhere")
    return part


def _takes_null(alternatives: list[_Alternative]) -> bool:
    return any(each.type == "null" for each in alternatives)


def _without_null(alternatives: list[_Alternative]) -> list[_Alternative]:
    return [each for each in alternatives if each.type != "null"]


def _in_words(alternatives: list[_Alternative]) -> str:
    return " or ".join(each.type for each in alternatives) or "null"


def _null_sentence(path: str, *, gained: bool) -> str:
    if gained:
        return f"{path} may now be null, which consumers do not expect."
    return f"{path} may no longer be null, but may have been published as null."


def _choices(part: Schema) -> frozenset[str] | None:
    """The values of an enumeration as JSON, or None where it is none."""
    if "const" in part:
        return frozenset({json.dumps(part["const"], sort_keys=True)})
    return frozenset(json.dumps(each, sort_keys=True) for each in part["enum"]) if "enum" in part else None


def _choice_differences(path: str, old: frozenset[str] | None, new: frozenset[str] | None) -> Iterator[str]:
    if old is None and new is not None:
        yield f"{path} now takes a fixed choice only, but something else may have been published."
    elif old is not None and new is None:
        yield f"{path} is no longer a fixed choice, but consumers know no other."
    elif old is not None and new is not None:
        if lost := old - new:
            yield f"{path} no longer takes {', '.join(sorted(lost))}, but that may have been published."
        if gained := new - old:
            yield f"{path} now takes {', '.join(sorted(gained))} too, which consumers do not know."


def _limit_differences(path: str, old: Schema, new: Schema) -> Iterator[str]:
    for keyword in sorted((old.keys() | new.keys()) - WORDS - COMPARED):
        before, after = old.get(keyword), new.get(keyword)
        if before == after or keyword.startswith("x-"):
            continue
        if _tightens(keyword, before, after):
            yield f"{path} is limited more tightly by {keyword}, but something else may have been published."
        elif _tightens(keyword, after, before):
            yield f"{path} is limited less tightly by {keyword}, but consumers may rely on it."
        else:
            yield f"{path} is limited in another way by {keyword}."


def _tightens(keyword: str, before: Any, after: Any) -> bool:
    """Whether a limit is new or tighter; of some limits that cannot be said."""
    if after is None:
        return False
    if before is None:
        return True
    return (keyword in TIGHTER_WHEN_LARGER and after > before) or (keyword in TIGHTER_WHEN_SMALLER and after < before)


def _field_differences(path: str, old: Schema, new: Schema) -> Iterator[str]:
    """Fields that are gone, new, or required differently; fields in both are compared by their parts."""
    before, after = old.get("properties", {}), new.get("properties", {})
    demanded, demands = {*old.get("required", ())}, {*new.get("required", ())}
    for name in before:
        place = f"{path}.{name}"
        if name not in after:
            yield f"{place} is gone, but consumers may read it."
        elif name in demanded - demands:
            yield f"{place} may now be left out, but consumers count on it."
        elif name in demands - demanded:
            yield f"{place} is now required, but may have been left out."
        elif name not in demands and before[name].get("default") != after[name].get("default"):
            yield f"{place} has another default, so that what left it out is read differently."
    for name in after:
        if name not in before and name in demands:
            yield f"{path}.{name} is new and required, but what was published lacks it."


def _parts_of_both(old: Schema, new: Schema) -> Iterator[tuple[str, Schema, Schema]]:
    """The parts that both schemas have, each with its step in the path."""
    before, after = old.get("properties", {}), new.get("properties", {})
    for name in before:
        if name in after:
            yield f".{name}", _schema(before[name]), _schema(after[name])
    for keyword, step in (("items", "[*]"), ("additionalProperties", ".*")):
        if keyword in old or keyword in new:
            yield step, _schema(old.get(keyword, True)), _schema(new.get(keyword, True))
    places = max(len(old.get("prefixItems", ())), len(new.get("prefixItems", ())))
    for place in range(places):
        yield f"[{place}]", _place(old, place), _place(new, place)


def _place(part: Schema, place: int) -> Schema:
    prefix = part.get("prefixItems", ())
    return _schema(prefix[place] if place < len(prefix) else part.get("items", True))


def _schema(part: Schema | bool) -> Schema:
    return part if isinstance(part, Mapping) else {} if part else NOTHING
