"""JSON Schema (2020-12) of the data of every event version, found where an envelope's `dataschema` leads."""

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
    """Where every web process has the schema of a version, such as `/contracts/intake.RoundOpened.v1.json`."""
    return f"{INDEX}{routing_key}.json"


def address_of(routing_key: str, home: str) -> str:
    """Where everybody finds the schema of a version: at its producer, whose public address is `home`."""
    return f"{home}{path_of(routing_key)}"


def leads_to(address: str, routing_key: str) -> bool:
    """Whether an address in an event is that of a version's schema: of any installation, or, as events had it before
    they named a host, the path alone."""
    return address == path_of(routing_key) or re.fullmatch(absolute(routing_key), address) is not None


def absolute(routing_key: str) -> str:
    """The pattern of the addresses that a version's schema may have, wherever Praksis runs."""
    return rf"^https?://[^/?#\s][^?#\s]*{re.escape(path_of(routing_key))}$"


def schema_of(event: type[Event]) -> dict[str, Any]:
    """The schema of a version's data. It takes unknown fields: a version may gain optional ones."""
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
    """Every version that is published, with the address of its schema."""
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
    """Write every schema and the index under `folder` as they are addressed. Raises `OSError`."""
    schemas = [
        write_document(folder / path_of(event.routing_key()).removeprefix("/"), schema_of(event))
        for event in PUBLISHED.values()
    ]
    return [*schemas, write_document(folder / INDEX.strip("/") / "index.json", index())]


def write_document(file: Path, document: Mapping[str, Any]) -> Path:
    """Write JSON for people to read, in folders that are made where they are missing. Raises `OSError`."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return file
