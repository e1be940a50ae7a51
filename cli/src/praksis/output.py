"""What a command shows: the answer on standard output, and everything said about it on standard error."""

import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated, Protocol

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from praksis.errors import FAILED

AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON, for programs.")]

_UNPRINTABLE = re.compile(r"[\x7f-\x9f\ud800-\udfff]")


def answers() -> Console:
    """Standard output. Where no terminal is behind it, lines are as long as they need to be."""
    console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
    if not console.is_terminal:
        console.width = 1000
    return console


def tell(line: str) -> None:
    """Answer in a sentence."""
    answers().print(plain(line))


def say(sentence: str) -> None:
    """Tell the person something that is not part of the answer."""
    for line in sentence.splitlines():
        _messages().print(plain(line), soft_wrap=True)


def print_json(document: object, *, indented: bool = False) -> None:
    """A JSON document; on a line of its own unless `indented`."""
    text = json.dumps(document, ensure_ascii=False, indent=2 if indented else None)
    # Control characters of the upper half, and halves of characters, are no business of a terminal.
    try:
        sys.stdout.write(_UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        give_up_what_cannot_be_written()
        raise SystemExit(FAILED) from None  # who reads has seen enough, and is told nothing; Rich does the same


def give_up_what_cannot_be_written() -> None:
    """Without this, the interpreter would try once more at its end, and complain in its own words."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def plain(text: str) -> str:
    """One line of text from elsewhere, with what would steer the terminal, or could not be written, made visible."""
    return "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)


def instant(moment: datetime | None) -> str:
    """A moment in UTC to the second, such as `2030-03-26 09:00:00Z`; a dash for none."""
    if moment is None:
        return "–"
    try:
        return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    except OverflowError:  # the first and the last day that there are, in a zone of their own
        return moment.isoformat(" ", "seconds")


class Advance(Protocol):
    """Moves a progress bar: so many are done, of so many where that is known."""

    def __call__(self, done: int, total: int | None = None) -> None: ...


@contextmanager
def progress_bar(what: str, total: int | None = None) -> Iterator[Advance]:
    """A bar on standard error while something takes its time; without a terminal there is none."""
    console = _messages()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(what, total=total)

        def advance(done: int, total: int | None = None) -> None:
            progress.update(task, completed=done, total=total)

        yield advance


def _messages() -> Console:
    return Console(file=sys.stderr, highlight=False, markup=False, emoji=False)
