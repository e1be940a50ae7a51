"""The schema of every event version: where it is, what it says, and that the model reads and writes nothing else."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from published_contracts import EVENTS, sample_of

from shared.catalogue.schemas import address_of, index, leads_to, path_of, schema_of, write_schemas
from shared.contracts.base import Event
from shared.contracts.intake.rounds import RoundOpened

by_routing_key = pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.routing_key())


def nodes(node: object) -> Iterator[dict[str, Any]]:
    """Every object in a document."""
    match node:
        case dict():
            yield node
            for inner in node.values():
                yield from nodes(inner)
        case list():
            for inner in node:
                yield from nodes(inner)


def test_a_schema_says_what_a_version_is() -> None:
    assert schema_of(RoundOpened) == {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "/contracts/intake.RoundOpened.v1.json",
        "title": "RoundOpened",
        "x-type": "dk.praksis.intake.RoundOpened.v1",
        "x-producer": "intake",
        "x-subject-field": "round_id",
        "description": "Applications to a programme are taken until, and not at, `closes_at`.",
        "type": "object",
        "properties": {
            "round_id": {
                "title": "Round Id",
                "description": "An id that says nothing about what or whom it stands for.",
                "type": "string",
                "format": "uuid",
            },
            "programme": {
                "title": "Programme",
                "description": "A short name of a programme, a phase or a rule, such as long-course.",
                "type": "string",
            },
            "opens_at": {
                "title": "Opens At",
                "description": "A moment with its zone, as in 2026-11-03T23:59:59+01:00.",
                "type": "string",
                "format": "date-time",
            },
            "closes_at": {
                "title": "Closes At",
                "description": "A moment with its zone, as in 2026-11-03T23:59:59+01:00.",
                "type": "string",
                "format": "date-time",
            },
        },
        "required": ["round_id", "programme", "opens_at", "closes_at"],
    }


@by_routing_key
def test_a_schema_is_where_the_envelope_says(event: type[Event]) -> None:
    told = sample_of(event)["dataschema"]
    assert told == f"https://{event.producer}.praksis.example.dk/contracts/{event.routing_key()}.json"
    assert address_of(event.routing_key(), f"https://{event.producer}.praksis.example.dk") == told
    assert urljoin(told, schema_of(event)["$id"]) == told


@by_routing_key
def test_an_event_may_name_the_schema_of_its_version_and_no_other(event: type[Event]) -> None:
    path = f"/contracts/{event.routing_key()}.json"
    for host in ("https://praksis.example.dk", "http://127.0.0.1:8101", "https://example.dk/praksis"):
        assert leads_to(f"{host}{path}", event.routing_key())
    assert leads_to(path, event.routing_key())
    others = (f"intake{path}", f"//x.dk{path}", f"ftp://x.dk{path}", f"https://{path}", f"https://x.dk?{path}")
    malformed = (f"https://x.dk{path}#", f"https://x .dk{path}", path.replace(".", "x"), f"https://x.dk{path}\n")
    assert [each for each in (*others, *malformed) if leads_to(each, event.routing_key())] == []
    named = [each for each in EVENTS if leads_to(sample_of(each)["dataschema"], event.routing_key())]
    assert named == [event]


@by_routing_key
def test_what_is_written_and_what_is_read_have_one_schema(event: type[Event]) -> None:
    assert event.model_json_schema(mode="validation") == event.model_json_schema(mode="serialization")


@by_routing_key
def test_every_reference_in_a_schema_leads_into_it(event: type[Event]) -> None:
    schema = schema_of(event)
    parts = {f"#/$defs/{name}" for name in schema.get("$defs", {})}
    assert {node["$ref"] for node in nodes(schema) if "$ref" in node} == parts


@by_routing_key
def test_every_text_and_number_in_a_schema_is_described_or_a_fixed_choice(event: type[Event]) -> None:
    simple = [node for node in nodes(schema_of(event)) if node.get("type") in ("string", "integer")]
    assert [node for node in simple if "description" not in node and "enum" not in node] == []


@by_routing_key
def test_a_schema_takes_fields_that_it_does_not_know(event: type[Event]) -> None:
    assert [node for node in nodes(schema_of(event)) if "additionalProperties" in node] == []


def test_the_index_lists_every_version() -> None:
    listed = index()["contracts"]
    assert [entry["type"] for entry in listed] == [event.type_name() for event in EVENTS]
    assert listed[[event.__name__ for event in EVENTS].index("RoundOpened")] == {
        "type": "dk.praksis.intake.RoundOpened.v1",
        "routing_key": "intake.RoundOpened.v1",
        "producer": "intake",
        "subject_field": "round_id",
        "description": "Applications to a programme are taken until, and not at, `closes_at`.",
        "schema": "/contracts/intake.RoundOpened.v1.json",
    }


# written to a folder


def contents(folder: Path) -> dict[str, Any]:
    return {
        str(file.relative_to(folder)): json.loads(file.read_bytes()) for file in folder.rglob("*") if file.is_file()
    }


EVERYTHING = {path_of(event.routing_key()).removeprefix("/"): schema_of(event) for event in EVENTS} | {
    "contracts/index.json": index()
}


def catalogue(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "shared.catalogue", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_every_schema_is_written_where_it_is_addressed(tmp_path: Path) -> None:
    written = write_schemas(tmp_path / "not" / "there" / "yet")
    assert contents(tmp_path / "not" / "there" / "yet") == EVERYTHING
    assert {*written} == {tmp_path / "not" / "there" / "yet" / name for name in EVERYTHING}


def test_writing_again_changes_nothing(tmp_path: Path) -> None:
    write_schemas(tmp_path)
    before = {file: file.read_bytes() for file in write_schemas(tmp_path)}
    write_schemas(tmp_path)
    assert {file: file.read_bytes() for file in before} == before


def test_letters_are_written_as_themselves(tmp_path: Path) -> None:
    for file in write_schemas(tmp_path):
        assert "\\u" not in file.read_text(encoding="utf-8")


def test_the_command_names_what_it_has_written(tmp_path: Path) -> None:
    done = catalogue(str(tmp_path / "out"))
    assert (done.returncode, done.stderr) == (0, "")
    assert {*done.stdout.splitlines()} == {str(tmp_path / "out" / name) for name in EVERYTHING}
    assert contents(tmp_path / "out") == EVERYTHING


@pytest.mark.parametrize("arguments", [(), ("one", "two"), ("--help",), ("-h",)])
def test_the_command_says_how_it_is_used(arguments: tuple[str, ...]) -> None:
    done = catalogue(*arguments)
    usage = "python -m shared.catalogue FOLDER writes the schema of every event version to FOLDER/contracts\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", usage)


def test_the_command_says_why_nothing_could_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    done = catalogue(str(tmp_path / "file"))
    assert (done.returncode, done.stdout, done.stderr) == (
        1,
        "",
        f"{tmp_path / 'file' / 'contracts'}: Not a directory\n",
    )
