"""Events in a file: how they may stand there, and what is said about those that are wrong."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from events_written import MOMENT, SCHEMA
from events_written import round_opened as written

from praksis.errors import CommandError, WrongUsage
from praksis.events.files import completed, envelopes_of, flaws_of, read_documents, unread_attributes
from shared.events.envelope import decode, encode
from shared.settings import PublicAddresses

HERE = PublicAddresses(intake_url="https://intake.praksis.example.dk")
THERE = f"https://intake.praksis.example.dk{SCHEMA}"


def problems(*documents: object) -> list[tuple[int, str, str]]:
    return [(flaw.event, flaw.problem.path, flaw.problem.message) for flaw in flaws_of(documents, HERE)]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([written(1), written(2)]),
        json.dumps([written(1), written(2)], indent=2),
        f"{json.dumps(written(1))}\n{json.dumps(written(2))}\n",
        f"\n{json.dumps(written(1))}\r\n\n{json.dumps(written(2))}",
        "\ufeff" + json.dumps([written(1), written(2)]),
    ],
)
def test_several_events_are_a_list_or_lines(text: str, tmp_path: Path) -> None:
    file = tmp_path / "events.json"
    file.write_text(text, encoding="utf-8", newline="")
    assert read_documents(file) == [written(1), written(2)]


def test_one_event_may_take_many_lines(tmp_path: Path) -> None:
    file = tmp_path / "event.json"
    file.write_text(json.dumps(written(), indent=2))
    assert read_documents(file) == [written()]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "event.json holds no event"),
        ("{", "event.json is not JSON: Expecting property name"),
        ('{\n  "id": 1,\n}', "event.json is not JSON: .*line 3 column 1"),
        ('{"id": 1}\n{"id": }', "Line 2 of .*event.json is not JSON: Expecting value"),
        ('{"id": NaN}', "event.json is not JSON: it holds NaN"),
        ("[" * 100_000, "event.json is not JSON: it is nested too deeply"),
        ("[]", "event.json holds no event"),
    ],
)
def test_what_is_no_json_is_told_with_its_place(text: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "event.json"
    file.write_text(text)
    with pytest.raises(CommandError, match=said) as refused:
        read_documents(file)
    assert refused.value.status == 1


def test_what_is_not_utf_8_is_no_event(tmp_path: Path) -> None:
    file = tmp_path / "event.json"
    file.write_bytes(json.dumps(written()).encode("utf-16"))
    with pytest.raises(CommandError, match="is not UTF-8"):
        read_documents(file)


def test_a_file_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    for file in (tmp_path / "nowhere.json", tmp_path):
        with pytest.raises(WrongUsage, match="cannot be read"):
            read_documents(file)


def test_what_is_right_has_no_flaw_and_is_what_was_written() -> None:
    documents = [written(1), written(2)]
    assert problems(*documents) == []
    here = [written(number, dataschema=THERE) for number in (1, 2)]
    assert envelopes_of(documents, HERE) == [decode(json.dumps(each).encode()) for each in here]


@pytest.mark.parametrize("told", [None, SCHEMA, f"http://127.0.0.1:1{SCHEMA}", THERE])
def test_wherever_an_event_was_written_its_schema_is_found_here(told: str | None) -> None:
    document = written(dataschema=told)
    assert problems(document) == []
    assert [each.dataschema for each in envelopes_of([document], HERE)] == [THERE]


def test_each_event_is_judged_by_itself() -> None:
    assert problems(written(1), written(2, sequence="0"), "no event", written(3, time=None)) == [
        (2, "sequence", "does not have the right form."),
        (3, "document", "must be an object."),
        (4, "time", "is required."),
    ]


def test_an_id_belongs_to_one_event() -> None:
    twin = written(2) | {"id": written(1)["id"].upper()}
    assert problems(written(1), twin, written(3)) == [(2, "id", "is that of event 1 too.")]


def test_nobody_speaks_for_another_service() -> None:
    for source in ("/praksis/scheduling", "intake", "/elsewhere", "/praksis//praksis/intake"):
        assert problems(written(source=source)) == [(1, "source", "must be /praksis/intake for this type.")]


def test_an_event_may_be_as_large_as_the_relay_sends_it() -> None:
    document = written()
    room = 1_000_000 - len(encode(envelopes_of([document], HERE)[0]))
    document["data"]["programme"] += "x" * room
    assert problems(document) == []
    document["data"]["programme"] += "x"
    assert problems(document) == [(1, "document", "is larger than 1000000 bytes.")]


def test_what_can_be_said_without_knowing_the_event_is_filled_in() -> None:
    known = ("type", "subject", "sequence", "data")
    filled = completed({name: written()[name] for name in known}, MOMENT)
    assert flaws_of([filled], HERE) == []
    fresh = (filled.pop("id"), filled.pop("correlationid"))
    assert fresh[0] != fresh[1]
    assert filled == written(id=None, correlationid=None, partitionkey=None, dataschema=None)


def test_what_is_written_is_never_changed() -> None:
    assert completed(written(), datetime.now(UTC)) == written()
    assert completed({"type": "unheard.of"}, MOMENT)["type"] == "unheard.of"
    assert completed(["no event"], MOMENT) == ["no event"]


def test_what_an_envelope_has_no_place_for_is_named() -> None:
    assert unread_attributes([written(), written(2, colour="red", animal="cat")]) == ["animal", "colour"]
