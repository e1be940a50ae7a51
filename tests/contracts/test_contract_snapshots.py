"""Every event version ever published stays what it was: its snapshot is its promise to every consumer."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from published_contracts import EVENTS

from shared.contracts.base import Event

SNAPSHOTS = Path(__file__).resolve().parent / "snapshots"
CHANGED = """{name} is not what its snapshot says.
Consumers rely on it: a new meaning is a new class with a higher contract_version, and the old one stays.
Where it has only gained an optional field, or its description new words, delete {file} and run
ACCEPT_CONTRACTS=1 pytest tests/contracts."""
MISSING = """{name} has no snapshot. If it is ready to be published, run
ACCEPT_CONTRACTS=1 pytest tests/contracts and commit {file}."""


def snapshot_of(event: type[Event]) -> str:
    contract = {
        "type": event.type_name(),
        "producer": event.producer,
        "subject": event.about,
        "schema": wordless(event.model_json_schema(mode="serialization")),
    }
    return json.dumps(contract, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def wordless(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema without what docstrings say: better words are no new contract."""
    for part in (schema, *schema.get("$defs", {}).values()):
        part.pop("description", None)
    return schema


def accepted(event: type[Event], folder: Path, accept: bool) -> str:
    """The snapshot in `folder`; where there is none, it is written if `accept`, and never written over."""
    file = folder / f"{event.routing_key()}.json"
    if accept and not file.exists():
        file.parent.mkdir(exist_ok=True)
        file.write_text(snapshot_of(event), encoding="utf-8")
    if not file.exists():
        pytest.fail(MISSING.format(name=event.routing_key(), file=file.name), pytrace=False)
    return file.read_text(encoding="utf-8")


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.routing_key())
def test_a_published_version_stays_what_it_was(event: type[Event]) -> None:
    expected = accepted(event, SNAPSHOTS, accept=os.environ.get("ACCEPT_CONTRACTS") == "1")
    assert snapshot_of(event) == expected, CHANGED.format(name=event.routing_key(), file=f"{event.routing_key()}.json")


def test_every_snapshot_has_its_version_still() -> None:
    kept = {file.name for file in SNAPSHOTS.iterdir()}
    assert kept - {f"{event.routing_key()}.json" for event in EVENTS} == set()


def test_a_missing_snapshot_is_written_only_when_accepted(tmp_path: Path) -> None:
    with pytest.raises(pytest.fail.Exception):
        accepted(EVENTS[0], tmp_path, accept=False)
    assert list(tmp_path.iterdir()) == []
    assert accepted(EVENTS[0], tmp_path, accept=True) == snapshot_of(EVENTS[0])


def test_an_existing_snapshot_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / f"{EVENTS[0].routing_key()}.json").write_text("as it was", encoding="utf-8")
    assert accepted(EVENTS[0], tmp_path, accept=True) == "as it was"
