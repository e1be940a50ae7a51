"""A process that reads what strangers have sent: it has its limits, and takes nothing with it when it fails."""

import asyncio
import json
import os
import socket
import sys
from pathlib import Path

import isolation_cases
import pytest
from pydantic import TypeAdapter
from structlog.testing import capture_logs

from shared.isolation import running
from shared.isolation.running import (
    AT_ONCE,
    FILES,
    OF_ONE_PERSON,
    WAITING,
    Limits,
    Line,
    Unread,
    isolated,
    places,
    tell_open_ways,
)
from shared.monitoring.numbers import REGISTRY

NUMBER = TypeAdapter(int)
ANY = TypeAdapter(dict[str, object])
CASES = isolation_cases.__name__
SMALL = Limits(memory=256 * 1024 * 1024, seconds=20, output=1_000_000)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits of memory and sessions as Linux has them")


@pytest.mark.parametrize("size", [0, 1, 5_000_000])
async def test_a_content_is_read_whatever_its_size(size: int) -> None:
    assert await isolated(f"{CASES}:length", bytes(size), NUMBER) == size


async def test_it_has_no_environment_and_a_session_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRAKSIS_SESSION_SECRET", "a secret")
    told = await isolated(f"{CASES}:about_itself", b"", ANY)
    assert "PRAKSIS_SESSION_SECRET" not in str(told["environment"])
    assert (told["session"], told["folder"]) == (told["pid"], "/")


@pytest.mark.parametrize(
    ("function", "why"),
    [
        ("hungry", "memory"),
        ("hungry_in_another_language", "crash"),
        ("talkative", "output"),
        ("failing", "crash"),
        ("of_another_shape", "crash"),
        ("deaf", "crash"),
        ("not_there", "crash"),
    ],
)
async def test_what_goes_wrong_is_told_and_nothing_else(
    function: str, why: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(Unread) as unread:
        await isolated(f"{CASES}:{function}", b"Anna Holm", NUMBER, SMALL)
    assert unread.value.why == why
    said = capfd.readouterr()
    assert "Anna Holm" not in said.out + said.err


@pytest.mark.parametrize(
    ("function", "error"),
    [
        ("failing", "ValueError isolation_cases.py:"),
        ("not_there", "AttributeError child.py:"),
        ("of_another_shape", "ValidationError"),
        ("hungry_in_another_language", None),
        ("deceitful", None),
    ],
)
async def test_a_crash_is_logged_with_the_type_of_its_error_and_without_its_text(
    function: str, error: str | None
) -> None:
    with capture_logs() as logged, pytest.raises(Unread) as unread:
        await isolated(f"{CASES}:{function}", b"Anna Holm", NUMBER, SMALL)
    (line,) = logged
    assert (line["log_level"], line["function"], line["why"]) == ("error", f"{CASES}:{function}", "crash")
    assert line["error"] == unread.value.error
    assert (line["error"] or "").rstrip("0123456789") == (error or "")
    assert "Anna" not in str(line) + str(unread.value)


@pytest.mark.parametrize("function", ["slow", "busy"])
async def test_it_ends_when_its_time_is_up(function: str) -> None:
    with pytest.raises(Unread) as unread:
        await isolated(f"{CASES}:{function}", b"", NUMBER, Limits(seconds=1))
    assert unread.value.why == "time"


async def test_what_a_library_prints_is_no_result() -> None:
    assert await isolated(f"{CASES}:printing", b"", NUMBER) == 1


async def test_it_writes_no_file_and_opens_few(tmp_path: Path) -> None:
    assert await isolated(f"{CASES}:writing", str(tmp_path / "file").encode(), TypeAdapter(bool)) is False
    assert await isolated(f"{CASES}:opening", b"", NUMBER) < 64


async def test_it_reaches_nothing_that_it_is_not_made_of(tmp_path: Path) -> None:
    file = tmp_path / "application.pdf"
    file.write_text("Anna Holm")
    with socket.create_server(("127.0.0.1", 0)) as server:
        ways = json.dumps([str(file), server.getsockname()[1], f"/proc/{os.getpid()}/environ"]).encode()
        reached = await isolated(f"{CASES}:reaching", ways, TypeAdapter(dict[str, str]))
    assert reached == dict.fromkeys(reached, "PermissionError")
    assert os.listdir(tmp_path) == ["application.pdf"]  # noqa: PTH208
    assert await isolated("shared.isolation.walls:open_ways", b"", TypeAdapter(list[str])) == []


async def test_it_may_work_in_threads() -> None:
    assert await isolated(f"{CASES}:threading", b"abc", NUMBER) == 6


async def test_it_is_logged_where_there_is_no_wall(monkeypatch: pytest.MonkeyPatch) -> None:
    with capture_logs() as logged:
        await tell_open_ways()
        assert logged == []
        monkeypatch.setattr(running, "_folder_of", lambda package: "/")
        await tell_open_ways()
    assert [(line["event"], line["log_level"], line["open"]) for line in logged] == [
        ("readers not walled off", "warning", ["files"])
    ]


async def test_it_is_given_its_content_and_the_way_out_and_nothing_else(tmp_path: Path) -> None:
    with (tmp_path / "open").open("w") as file:
        os.set_inheritable(file.fileno(), True)
        assert await isolated(f"{CASES}:holding", b"", TypeAdapter(list[int])) == [0, 1, 2, 3]


def children() -> set[str]:
    return set(Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split())


async def test_whoever_stops_waiting_ends_the_process() -> None:
    before = children()
    reading = asyncio.ensure_future(isolated(f"{CASES}:slow", b"", NUMBER, Limits(seconds=60)))
    while not children() - before:
        await asyncio.sleep(0.01)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert children() - before == set()


async def test_so_many_read_at_once_and_so_many_wait() -> None:
    before = children()

    def begun() -> "asyncio.Future[int]":
        return asyncio.ensure_future(isolated(f"{CASES}:slow", b"", NUMBER, Limits(seconds=60)))

    all_in_line = [begun() for _ in range(AT_ONCE + WAITING)]
    while len(children() - before) < AT_ONCE:
        await asyncio.sleep(0.01)
    with pytest.raises(Unread) as unread:
        await isolated(f"{CASES}:length", b"", NUMBER)
    assert (unread.value.why, len(children() - before)) == ("busy", AT_ONCE)
    for each in all_in_line:
        each.cancel()
    await asyncio.gather(*all_in_line, return_exceptions=True)
    assert children() - before == set()
    assert await isolated(f"{CASES}:length", b"", NUMBER) == 0


async def test_one_person_leaves_room_for_everybody_else() -> None:
    before, refused = children(), _refused_so_far("busy")
    slow = f"{CASES}:slow", b"", NUMBER, Limits(seconds=60)
    hers = [asyncio.ensure_future(isolated(*slow, whose="ingrid")) for _ in range(AT_ONCE + WAITING)]
    while len(children() - before) < 1:
        await asyncio.sleep(0.01)
    assert await isolated(f"{CASES}:length", b"", NUMBER, whose="svend") == 0
    assert (len(children() - before), places(FILES).taken) == (1, OF_ONE_PERSON)
    assert _refused_so_far("busy") - refused == AT_ONCE + WAITING - OF_ONE_PERSON
    for each in hers:
        each.cancel()
    await asyncio.gather(*hers, return_exceptions=True)
    assert await isolated(f"{CASES}:length", b"", NUMBER, whose="ingrid") == 0


async def test_of_one_person_one_is_read_after_the_other() -> None:
    both = await asyncio.gather(*(isolated(f"{CASES}:length", bytes(each), NUMBER, whose="ingrid") for each in (1, 2)))
    assert both == [1, 2]


@pytest.mark.parametrize(("function", "why"), [("failing", "crash"), ("talkative", "output")])
async def test_what_is_not_read_is_counted(function: str, why: str) -> None:
    before = _refused_so_far(why)
    with pytest.raises(Unread):
        await isolated(f"{CASES}:{function}", b"", NUMBER, SMALL)
    assert _refused_so_far(why) - before == 1


async def test_what_finds_no_place_is_counted() -> None:
    before = _refused_so_far("busy")
    with pytest.raises(Unread):
        await isolated(f"{CASES}:length", b"", NUMBER, line=Line("no room", at_once=0, waiting=0))
    assert _refused_so_far("busy") - before == 1


def _refused_so_far(why: str) -> float:
    return REGISTRY.get_sample_value("praksis_contents_unread_total", {"service": CASES, "why": why}) or 0.0


async def test_what_stands_in_another_line_waits_for_nobody_in_this_one() -> None:
    other = Line("other", at_once=1, waiting=0)
    async with places(FILES).one(), places(FILES).one():
        assert await isolated(f"{CASES}:length", b"", NUMBER, line=other) == 0
    assert (places(FILES).taken, places(other).taken) == (0, 0)


async def test_nobody_waits_for_their_turn_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "PATIENCE", 0.05)
    async with places(FILES).one(), places(FILES).one():
        with pytest.raises(Unread) as unread:
            await isolated(f"{CASES}:length", b"", NUMBER)
    assert (unread.value.why, places(FILES).taken) == ("busy", 0)
    assert await isolated(f"{CASES}:length", b"", NUMBER) == 0
