"""JSON Schemas (2020-12) of the data of every event version, served where an envelope's `dataschema` points."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shared.contracts.base import Event
from shared.contracts.published import PUBLISHED

DIALECT = "https://json-schema.org/draft/2020-12/schema"
INDEX = "/contracts/"


def path_of(routing_key: str) -> str:
    """The path of a version's schema in every web process, such as `/contracts/intake.RoundOpened.v1.json`."""
    return f"{INDEX}{routing_key}.json"


def address_of(routing_key: str, home: str) -> str:
    """The public URL of a version's schema, at its producer, whose address is `home`."""
    return f"{home}{path_of(routing_key)}"


def leads_to(address: str, routing_key: str) -> bool:
    """Whether a `dataschema` is that of a version: under any host, or, as in older events, the path alone."""
    return address == path_of(routing_key) or re.fullmatch(absolute(routing_key), address) is not None


def absolute(routing_key: str) -> str:
    """A regular expression for the URLs of a version's schema, under any host."""
    return rf"^https?://[^/?#\s][^?#\s]*{re.escape(path_of(routing_key))}$"


def schema_of(event: type[Event]) -> dict[str, Any]:
    """The schema of a version's data. It allows unknown fields, since a version may gain optional ones."""
    identity = {
        "$schema": DIALECT,
        "$id": path_of(event.routing_key()),
        "title": event.event_name(),
        "x-type": event.type_name(),
        "x-producer": event.producer,
        "x-subject-field": event.about,
    }
    return {**identity, **event.model_json_schema(mode="serialization"), **identity}


def index() -> dict[str, Any]:
    """Every published version, with the path of its schema."""
    return {
        "contracts": [
            {
                "type": event.type_name(),
                "routing_key": event.routing_key(),
                "producer": event.producer,
                "subject_field": event.about,
                "description": event.__doc__,
                "schema": path_of(event.routing_key()),
            }
            for event in PUBLISHED.values()
        ]
    }


def write_schemas(folder: Path) -> list[Path]:
    """Write every schema and the index to `folder`, under their paths. Raises `OSError`."""
    schemas = [
        write_document(folder / path_of(event.routing_key()).removeprefix("/"), schema_of(event))
        for event in PUBLISHED.values()
    ]
    return [*schemas, write_document(folder / INDEX.strip("/") / "index.json", index())]


def write_document(file: Path, document: Mapping[str, Any]) -> Path:
    """Write indented JSON, and create missing folders. Raises `OSError`."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return file
