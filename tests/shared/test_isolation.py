"""A process that reads what strangers have sent: it has its limits, and takes nothing with it when it fails."""

import asyncio
import os
import sys
from pathlib import Path

import isolation_cases
import pytest
from pydantic import TypeAdapter
from structlog.testing import capture_logs

from shared.isolation import running
from shared.isolation.running import AT_ONCE, FILES, WAITING, Limits, Line, Unread, isolated, places

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
async def test_it_ends_when_its_time_is_up(function: str, tmp_path: Path) -> None:
    never = tmp_path / "never"
    os.mkfifo(never)
    with pytest.raises(Unread) as unread:
        await isolated(f"{CASES}:{function}", str(never).encode(), NUMBER, Limits(seconds=1))
    assert unread.value.why == "time"


async def test_what_a_library_prints_is_no_result() -> None:
    assert await isolated(f"{CASES}:printing", b"", NUMBER) == 1


async def test_it_writes_no_file_and_opens_few(tmp_path: Path) -> None:
    assert await isolated(f"{CASES}:writing", str(tmp_path / "file").encode(), TypeAdapter(bool)) is False
    assert await isolated(f"{CASES}:opening", b"", NUMBER) < 64


def children() -> set[str]:
    return set(Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split())


async def test_whoever_stops_waiting_ends_the_process(tmp_path: Path) -> None:
    never, before = tmp_path / "never", children()
    os.mkfifo(never)
    reading = asyncio.ensure_future(isolated(f"{CASES}:slow", str(never).encode(), NUMBER, Limits(seconds=60)))
    while not children() - before:
        await asyncio.sleep(0.01)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert children() - before == set()


async def test_so_many_read_at_once_and_so_many_wait(tmp_path: Path) -> None:
    never, before = tmp_path / "never", children()
    os.mkfifo(never)

    def begun() -> "asyncio.Future[int]":
        return asyncio.ensure_future(isolated(f"{CASES}:slow", str(never).encode(), NUMBER, Limits(seconds=60)))

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
