"""Every event version ever published keeps its promises: each shape that it has had is kept, and holds."""

import json
import os
import re
from itertools import combinations
from pathlib import Path
from typing import Any, ClassVar

import pytest
from published_contracts import EVENTS

from shared.catalogue.compatibility import incompatibilities
from shared.catalogue.schemas import schema_of
from shared.contracts.base import Event
from shared.contracts.kinds import Count, OpaqueId

SNAPSHOTS = Path(__file__).resolve().parent / "snapshots"
ACCEPT = os.environ.get("ACCEPT_CONTRACTS") == "1"
BROKEN = """{name} breaks what {file} promised:
{sentences}
A new meaning is a new class with a higher contract_version. The old one stays, and an upcaster leads from it to the
new one."""
UNRECORDED = """{name} is as no snapshot says it is, but breaks no promise. If it is ready to be published, run
ACCEPT_CONTRACTS=1 pytest tests/contracts and commit {file}; the snapshots of before stay."""

Shape = dict[str, Any]
by_routing_key = pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.routing_key())


def shape_of(event: type[Event]) -> Shape:
    """What a version promises today."""
    schema = {
        keyword: value for keyword, value in schema_of(event).items() if not keyword.startswith(("$s", "$i", "x-"))
    }
    return {
        "type": event.type_name(),
        "producer": event.producer,
        "subject": event.about,
        "schema": without_words(schema),
    }


def without_words(node: Any) -> Any:
    """A schema without its descriptions: better words are no new contract."""
    match node:
        case dict():
            return {
                keyword: {name: without_words(inner) for name, inner in value.items()}
                if keyword in ("properties", "$defs")
                else without_words(value)
                for keyword, value in node.items()
                if keyword != "description"
            }
        case list():
            return [without_words(inner) for inner in node]
        case _:
            return node


def snapshots_of(event: type[Event], folder: Path) -> list[Path]:
    """The shapes that a version has been published in, from the first to the last."""
    first = folder / f"{event.routing_key()}.json"
    if not first.exists():
        return []
    return [first, *sorted(folder.glob(f"{event.routing_key()}.shape*.json"), key=shape_number)]


def shape_number(file: Path) -> int:
    found = re.fullmatch(r".+\.v[0-9]+\.shape([0-9]+)\.json", file.name)
    return int(found[1]) if found else 1


def shape_in(file: Path) -> Shape:
    shape: Shape = json.loads(file.read_text(encoding="utf-8"))
    return shape


def broken_promises(old: Shape, new: Shape) -> list[str]:
    parts = ("type", "producer", "subject")
    changed = [f"{part} was {old[part]} and is now {new[part]}." for part in parts if old[part] != new[part]]
    return [*changed, *incompatibilities(old["schema"], new["schema"])]


def check(event: type[Event], folder: Path, accept: bool) -> None:
    """Fail where today's shape breaks a promise, or is no promise yet; record it in a file of its own if `accept`."""
    name, kept, today = event.routing_key(), snapshots_of(event, folder), shape_of(event)
    for file in kept:
        if sentences := broken_promises(shape_in(file), today):
            listed = "\n".join(f"  {sentence}" for sentence in sentences)
            pytest.fail(BROKEN.format(name=name, file=file.name, sentences=listed), pytrace=False)
    if kept and shape_in(kept[-1]) == today:
        return
    file = folder / (f"{name}.shape{shape_number(kept[-1]) + 1}.json" if kept else f"{name}.json")
    if not accept:
        pytest.fail(UNRECORDED.format(name=name, file=file.name), pytrace=False)
    file.write_text(json.dumps(today, ensure_ascii=False, indent=2, sort_keys=True) + "\n", encoding="utf-8")


# what has been published


@by_routing_key
def test_a_version_keeps_every_promise_it_ever_made(event: type[Event]) -> None:
    check(event, SNAPSHOTS, ACCEPT)


@by_routing_key
def test_no_snapshot_of_a_version_breaks_what_an_earlier_one_promised(event: type[Event]) -> None:
    shapes = [shape_in(file) for file in snapshots_of(event, SNAPSHOTS)]
    assert [sentence for old, new in combinations(shapes, 2) for sentence in broken_promises(old, new)] == []


@by_routing_key
def test_the_shapes_of_a_version_are_counted_without_a_gap(event: type[Event]) -> None:
    numbers = [shape_number(file) for file in snapshots_of(event, SNAPSHOTS)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_no_version_ever_disappears() -> None:
    kept = {file for event in EVENTS for file in snapshots_of(event, SNAPSHOTS)}
    assert {*SNAPSHOTS.iterdir()} - kept == set()


# how promises are recorded and kept


class Measured(Event):
    """A version as it was first published."""

    producer: ClassVar[str] = "trial"
    about: ClassVar[str] = "course_id"
    contract_name: ClassVar[str] = "Measured"

    course_id: OpaqueId
    children: Count


class MeasuredAlsoAdults(Measured):
    """The same version after it has gained an optional field."""

    adults: Count | None = None


class MeasuredAllAdults(Measured):
    """The same version with a field that every consumer would have to know."""

    adults: Count


class MeasuredOfChild(Measured):
    """The same version, said about something else."""

    about: ClassVar[str] = "children"


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """A folder with the snapshot of what was first published."""
    check(Measured, tmp_path, accept=True)
    return tmp_path


def names_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def failure(event: type[Event], folder: Path, accept: bool) -> list[str]:
    with pytest.raises(pytest.fail.Exception) as failed:
        check(event, folder, accept)
    return str(failed.value).splitlines()


def test_a_version_without_a_snapshot_is_recorded_only_when_it_is_accepted(tmp_path: Path) -> None:
    assert "commit trial.Measured.v1.json" in failure(Measured, tmp_path, accept=False)[1]
    assert names_in(tmp_path) == []
    check(Measured, tmp_path, accept=True)
    assert names_in(tmp_path) == ["trial.Measured.v1.json"]
    assert shape_in(tmp_path / "trial.Measured.v1.json") == shape_of(Measured)


@pytest.mark.parametrize("accept", [True, False])
def test_a_version_that_stays_what_it_was_changes_nothing(published: Path, accept: bool) -> None:
    before = (published / "trial.Measured.v1.json").read_bytes()
    check(Measured, published, accept)
    assert names_in(published) == ["trial.Measured.v1.json"]
    assert (published / "trial.Measured.v1.json").read_bytes() == before


def test_an_optional_field_is_recorded_beside_what_was_there_before(published: Path) -> None:
    assert "commit trial.Measured.v1.shape2.json" in failure(MeasuredAlsoAdults, published, accept=False)[1]
    assert names_in(published) == ["trial.Measured.v1.json"]
    check(MeasuredAlsoAdults, published, accept=True)
    check(MeasuredAlsoAdults, published, accept=False)
    assert names_in(published) == ["trial.Measured.v1.json", "trial.Measured.v1.shape2.json"]
    assert shape_in(published / "trial.Measured.v1.json") == shape_of(Measured)
    assert shape_in(published / "trial.Measured.v1.shape2.json") == shape_of(MeasuredAlsoAdults)


def test_what_a_version_has_gained_once_it_keeps(published: Path) -> None:
    check(MeasuredAlsoAdults, published, accept=True)
    said = failure(Measured, published, accept=True)
    assert said[:2] == [
        "trial.Measured.v1 breaks what trial.Measured.v1.shape2.json promised:",
        "  $.adults is gone, but consumers may read it.",
    ]


@pytest.mark.parametrize(
    ("event", "sentence"),
    [
        (MeasuredAllAdults, "$.adults is new and required, but what was published lacks it."),
        (MeasuredOfChild, "subject was course_id and is now children."),
    ],
)
def test_a_broken_promise_is_never_recorded(published: Path, event: type[Event], sentence: str) -> None:
    said = failure(event, published, accept=True)
    assert said[:2] == ["trial.Measured.v1 breaks what trial.Measured.v1.json promised:", f"  {sentence}"]
    assert names_in(published) == ["trial.Measured.v1.json"]


def test_shapes_are_counted_beyond_nine(published: Path) -> None:
    first = (published / "trial.Measured.v1.json").read_text(encoding="utf-8")
    for number in range(2, 12):
        (published / f"trial.Measured.v1.shape{number}.json").write_text(first, encoding="utf-8")
    assert [shape_number(file) for file in snapshots_of(Measured, published)] == list(range(1, 12))
    check(MeasuredAlsoAdults, published, accept=True)
    assert (published / "trial.Measured.v1.shape12.json").exists()


def test_words_are_no_promise_and_a_field_of_that_name_is() -> None:
    described = {"description": "one", "properties": {"description": {"type": "string", "description": "two"}}}
    assert without_words(described) == {"properties": {"description": {"type": "string"}}}
