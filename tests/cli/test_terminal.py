"""How the command behaves in a terminal, in a pipe, and as a program among others."""

import asyncio
import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest
from command_line import PROGRAM, CommandLine
from events_written import round_opened
from operation_cases import envelope, fail, interventions
from service_under_test import ServiceUnderTest

STEERING = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
COMMANDS = (
    (),
    ("events",),
    ("events", "tail"),
    ("events", "publish"),
    ("events", "validate"),
    ("events", "replay"),
    ("failures",),
    ("failures", "list"),
    ("failures", "groups"),
    ("failures", "show"),
    ("failures", "retry"),
    ("failures", "edit"),
    ("failures", "discard"),
    ("status",),
    ("contracts",),
    ("contracts", "list"),
    ("contracts", "show"),
    ("contracts", "export"),
)


async def in_terminal(
    shell: CommandLine, *words: str, columns: int = 80, typed: str = "", **environment: str
) -> tuple[int, str]:
    """The status of a command, and all that its terminal was sent."""
    known = shell.environment | {"TERM": "xterm-256color"} | environment
    return await asyncio.to_thread(_run, known, words, columns, typed.encode())


def _run(environment: dict[str, str], words: tuple[str, ...], columns: int, typed: bytes) -> tuple[int, str]:
    keyboard, screen = pty.openpty()
    os.write(keyboard, typed)
    fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", 25, columns, 0, 0))
    running = subprocess.Popen([PROGRAM, *words], stdin=screen, stdout=screen, stderr=screen, env=environment)
    os.close(screen)
    sent = b""
    try:
        while data := os.read(keyboard, 65_536):
            sent += data
    except OSError:  # how a terminal says that nobody writes any more
        pass
    finally:
        os.close(keyboard)
    return running.wait(30), sent.decode()


def seen(sent: str) -> list[str]:
    return STEERING.sub("", sent).replace("\r", "").splitlines()


@pytest.fixture
async def at_log(at_broker: CommandLine) -> CommandLine:
    """A shell that knows a log with an event."""
    await at_broker("events", "publish", "-", typed=json.dumps(round_opened()))
    return at_broker


TAIL = ("events", "tail", "--from", "first", "--no-follow")


async def test_at_80_columns_no_line_is_longer_and_no_id_broken(at_log: CommandLine) -> None:
    status, sent = await in_terminal(at_log, *TAIL)
    event = round_opened()
    assert (status, seen(sent)) == (
        0,
        ["0  2025-01-01 00:00:00Z  intake.RoundOpened.v1", f"  {event['subject']}#1", f"  {event['id']}"],
    )


async def test_in_a_wide_terminal_an_event_is_a_line_under_its_heading(at_log: CommandLine) -> None:
    status, sent = await in_terminal(at_log, *TAIL, columns=200)
    heading, line = seen(sent)
    assert (status, heading.split()[0], line.split()[0]) == (0, "offset", "0")


async def test_what_is_no_terminal_is_sent_no_steering(at_log: CommandLine) -> None:
    for command in (TAIL, ("events", "tail", "--help"), ("nowhere",)):
        answer = await at_log(*command)
        assert not STEERING.search(answer.out + answer.err)


async def test_colours_are_left_out_where_nobody_wants_them(shell: CommandLine) -> None:
    colour = re.compile(r"\x1b\[[0-9;]*3[0-9]")
    for command in (("status",), ("--help",)):
        _, with_colours = await in_terminal(shell, *command)
        _, without = await in_terminal(shell, *command, NO_COLOR="1")
        assert colour.search(with_colours)
        assert not colour.search(without)


async def test_a_bar_tells_how_far_it_has_come_but_only_in_a_terminal(at_broker: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "events.json"
    file.write_text(json.dumps([round_opened(number) for number in range(1, 301)]))
    status, sent = await in_terminal(at_broker, "events", "publish", str(file))
    assert status == 0
    assert "publishing" in sent
    assert "300/300" in sent
    assert seen(sent)[-1] == "300 events of 300 published and confirmed."
    piped = await at_broker("events", "publish", str(file))
    assert (piped.status, piped.out, piped.err) == (0, "300 events of 300 published and confirmed.\n", "")


async def test_who_is_asked_to_type_events_is_told_how_to_end(shell: CommandLine) -> None:
    status, sent = await in_terminal(shell, "events", "validate", "-", typed=f"{json.dumps(round_opened())}\n\x04")
    assert status == 0
    assert "Events are read from the keyboard; Ctrl-D ends them." in seen(sent)
    assert seen(sent)[-1] == "1 event checked, nothing is wrong."


@pytest.mark.parametrize(("typed", "status"), [("y\n", 0), ("n\n", 1)])
async def test_what_the_editor_left_behind_can_be_put_right(
    typed: str,
    status: int,
    at_reporting: CommandLine,
    reporting_service: ServiceUnderTest,
    tmp_path: Path,
) -> None:
    await fail(reporting_service, envelope())
    editor = tmp_path / "editor"
    editor.write_text(
        f"#!{sys.executable}\n"
        "import pathlib, sys\n"
        "path = pathlib.Path(sys.argv[1])\n"
        "text = path.read_text()\n"
        "path.write_text(text + ',' if not text.endswith(',') else text[:-1].replace('start', 'advice'))\n"
    )
    editor.chmod(0o700)
    ended, sent = await in_terminal(
        at_reporting, "failures", "edit", "reporting", str(envelope().identity), "--reason", "x", "--as", "gert",
        typed=typed, EDITOR=str(editor),
    )  # fmt: skip
    assert (ended, "Go back to the editor?" in sent) == (status, True)
    done = [("edit", "x", "local:gert")] if status == 0 else []
    assert await interventions(reporting_service) == done
    assert ("Nothing was changed." if status else f"{envelope().identity} is changed.") in seen(sent)[-1]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
async def test_every_command_explains_itself(command: tuple[str, ...], shell: CommandLine) -> None:
    helped = await shell(*command, "--help")
    assert (helped.status, helped.err) == (0, "")
    assert f"Usage: {' '.join(('praksis', *command))}" in helped.out
    assert max(len(line.rstrip()) for line in helped.out.splitlines()) <= 80


async def test_a_group_without_a_command_lists_its_commands_and_is_wrong_usage(shell: CommandLine) -> None:
    for group, command in (((), "status"), (("events",), "tail"), (("failures",), "retry"), (("contracts",), "export")):
        answer = await shell(*group)
        assert answer.status == 2
        assert command in answer.out + answer.err


@pytest.mark.parametrize(
    "words", [("nowhere",), ("status", "--nowhere"), ("status", "nowhere"), ("events", "tail", "--limit", "0")]
)
async def test_what_is_not_understood_is_wrong_usage(words: tuple[str, ...], shell: CommandLine) -> None:
    answer = await shell(*words)
    assert (answer.status, answer.out) == (2, "")
    assert answer.err


async def test_an_answer_that_cannot_be_written_is_told(shell: CommandLine) -> None:
    for options in ("", " --json"):
        running = await asyncio.create_subprocess_shell(
            f"{PROGRAM} contracts list{options} > /dev/full",
            stderr=asyncio.subprocess.PIPE,
            env=shell.environment,
        )
        _, said = await running.communicate()
        assert running.returncode == 1
        assert said.decode() == "Something could not be read or written: No space left on device.\n"


async def test_what_was_not_foreseen_is_told_without_its_words(shell: CommandLine) -> None:
    running = await asyncio.create_subprocess_shell(
        f"{PROGRAM} contracts list --json >&-", stderr=asyncio.subprocess.PIPE, env=shell.environment
    )
    _, said = await running.communicate()
    assert running.returncode == 1
    assert said.decode() == ("Something unexpected went wrong: AttributeError. PRAKSIS_LOG_LEVEL=DEBUG shows where.\n")
