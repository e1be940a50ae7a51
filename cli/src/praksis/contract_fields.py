"""The fields of an event, read from its schema for people."""

from collections.abc import Iterator, Mapping
from typing import Any

from praksis.listing import Column

Schema = Mapping[str, Any]
COLUMNS = (
    Column("field", style="bold"),
    Column("holds"),
    Column("optional"),
    Column("meaning", prose=True),
)


def fields_of(schema: Schema) -> list[tuple[str, str, str, str]]:
    """Each field as (path, what it holds, `optional` where it may be left out, meaning); `*` stands for every entry."""
    return list(_fields(schema, schema.get("$defs", {}), ""))


def _fields(schema: Schema, parts: Mapping[str, Schema], within: str) -> Iterator[tuple[str, str, str, str]]:
    required = schema.get("required", ())
    for name, field in schema.get("properties", {}).items():
        path = f"{within}{name}"
        whole = _resolved(field, parts)
        holds = _holds(whole, parts) + (" or null" if "anyOf" in field else "")
        yield path, holds, "" if name in required else "optional", whole.get("description", "")
        inner = _resolved(whole.get("items", {}), parts)
        yield from _fields(whole, parts, f"{path}.")
        yield from _fields(inner, parts, f"{path}.*.")


def _holds(field: Schema, parts: Mapping[str, Schema]) -> str:
    if "items" in field:
        return f"list of {_holds(_resolved(field['items'], parts), parts)}"
    if "enum" in field:
        return " | ".join(map(str, field["enum"]))
    return str(field.get("format") or field.get("type", "anything"))


def _resolved(field: Schema, parts: Mapping[str, Schema]) -> Schema:
    """The field with what it refers to; of what may also be null, the rest."""
    if "$ref" in field:
        return {**parts[str(field["$ref"]).rpartition("/")[2]], **field}
    real = [each for each in field.get("anyOf", ()) if each.get("type") != "null"]
    return {**_resolved(real[0], parts), **field} if len(real) == 1 else field
