"""Reading what strangers have sent, in a process of its own that may fail without taking this one with it."""

import asyncio
import json
import os
import re
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar
from weakref import WeakKeyDictionary, WeakValueDictionary

import structlog
from pydantic import TypeAdapter, ValidationError

from shared.isolation.child import FAILED, OUT_OF_MEMORY
from shared.monitoring import numbers

T = TypeVar("T")

AT_ONCE = 2
"""Processes that read, of one web process."""
WAITING = 6
"""Others that may wait for one of them; each holds a connection to the database, of which there are ten."""
OF_ONE_PERSON = 2
"""Places that one person has at most: one that is read, and one that waits for it. Others find the rest."""
PATIENCE = 10.0
"""Seconds that one of them waits at most: with the work itself, less than the database lets a transaction rest."""
_CHILD = Path(__file__).with_name("child.py")
_ERROR = re.compile(r"[\w.<>]{1,100}( [\w.<>-]{1,100}:[0-9]{1,7})?", re.ASCII)
_log = structlog.get_logger("shared.isolation")


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes of address space, seconds both of the processor and on the wall, and bytes of the answer."""

    memory: int = 768 * 1024 * 1024
    seconds: int = 10
    output: int = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Line:
    """What stands in line together, so that what takes long keeps nothing else waiting; sizes as `AT_ONCE` and
    `WAITING`."""

    name: str
    at_once: int
    waiting: int


FILES = Line("files", AT_ONCE, WAITING)
"""What strangers have sent."""


class Unread(Exception):
    """The content was not read. `why` is `memory`, `time`, `output`, `crash`, or `busy` where nobody has tried yet.

    `error` is what was raised and where, if that is why: the type's name, the file and the line.
    """

    def __init__(self, why: str, error: str | None = None) -> None:
        super().__init__(f"{why}: {error}" if error else why)
        self.why = why
        self.error = error


class Places:
    """Where processes of one event loop stand in one line; `taken` counts those at work and those who wait."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._people: list[str | None] = []
        self._free = asyncio.Semaphore(line.at_once)
        self._own: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @property
    def taken(self) -> int:
        return len(self._people)

    @asynccontextmanager
    async def one(self, whose: str | None = None) -> AsyncIterator[None]:
        """A place, once it is one's turn; of one person's, one at a time is at work.

        Raises `Unread` where too many stand in line, or too many of this person's, or it takes too long.
        """
        if self.taken >= self._line.at_once + self._line.waiting:
            raise Unread("busy")
        if whose is not None and self._people.count(whose) >= OF_ONE_PERSON:
            raise Unread("busy")
        own = self._own.setdefault(whose, asyncio.Lock()) if whose is not None else asyncio.Lock()
        self._people.append(whose)
        try:
            async with self._turn(own):
                yield
        finally:
            self._people.remove(whose)

    @asynccontextmanager
    async def _turn(self, own: asyncio.Lock) -> AsyncIterator[None]:
        async with AsyncExitStack() as held:
            try:
                async with asyncio.timeout(PATIENCE):
                    await held.enter_async_context(own)
                    await held.enter_async_context(self._free)
            except TimeoutError:
                raise Unread("busy") from None
            yield


_places: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Line, Places]] = WeakKeyDictionary()


def places(line: Line) -> Places:
    """The places of a line in this event loop."""
    lines = _places.setdefault(asyncio.get_running_loop(), {})
    return lines.setdefault(line, Places(line))


async def isolated(
    function: str,
    content: bytes,
    result: TypeAdapter[T],
    limits: Limits = Limits(),
    line: Line = FILES,
    whose: str | None = None,
) -> T:
    """What `function`, as in `package.module:name`, makes of the content. It takes bytes and returns what JSON has.

    `whose` is the person who wants it, of whom one content is read at a time.

    A fresh interpreter runs it, without environment and thus without secrets, in a session of its own, and walled off
    from the net and from files that it is not made of, where the kernel can do that. What the
    function raises, and an answer that does not fit `result`, counts as a crash. Whoever stops waiting ends the
    process. Raises `Unread`. Nobody should hold a row meanwhile: it may take long, and others wait for it.
    """
    try:
        async with places(line).one(whose):
            answer = await _answer(function, content, limits)
        return _checked(function, answer, result)
    except Unread as unread:
        numbers.content_unread(function.partition(".")[0].partition(":")[0], unread.why)
        raise


async def tell_open_ways() -> None:
    """Say in the log what a process that reads could reach, where the kernel does not wall it off."""
    with suppress(Unread):  # which is logged
        if ways := await isolated("shared.isolation.walls:open_ways", b"", TypeAdapter(list[str])):
            _log.warning("readers not walled off", open=ways)


def _checked(function: str, answer: bytes, result: TypeAdapter[T]) -> T:
    try:
        return result.validate_json(answer)
    except ValidationError:
        raise _unread(function, "crash", error="ValidationError") from None


async def _answer(function: str, content: bytes, limits: Limits) -> bytes:
    process = await _started(function, limits)
    try:
        async with asyncio.timeout(limits.seconds):
            _, answer = await asyncio.gather(_fed(process, content), _read(process, limits.output))
            status = await process.wait()
    except TimeoutError:
        raise _unread(function, "time") from None
    finally:
        await _ended(process)
    if answer is None:
        raise _unread(function, "output")
    if status != 0:
        raise _unread(function, _reason(status), status, _error(answer) if status == FAILED else None)
    return answer


async def _started(function: str, limits: Limits) -> Process:
    module, _, name = function.partition(":")
    order = {
        "module": module,
        "function": name,
        "path": sys.path,
        "readable": [sys.prefix, sys.base_prefix, *map(_folder_of, ("shared", module.partition(".")[0]))],
        "memory": limits.memory,
        "seconds": limits.seconds,
    }
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-B", "-X", "utf8", str(_CHILD), json.dumps(order)),
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,  # it could quote the content; an error's type comes as the answer
        env={},
        cwd="/",  # of which it can see nothing
        start_new_session=True,
    )


def _folder_of(package: str) -> str:
    """Where a package or module lies: the folder below which a process reads what it is made of."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        return sys.prefix  # where it is not found either; the process says so
    file = Path(spec.origin)
    return str(file.parent.parent if spec.submodule_search_locations else file.parent)


async def _fed(process: Process, content: bytes) -> None:
    assert process.stdin is not None
    with suppress(BrokenPipeError, ConnectionResetError):  # it has ended already, and its status says why
        process.stdin.write(content)
        await process.stdin.drain()
    process.stdin.close()


async def _read(process: Process, most: int) -> bytes | None:
    """The whole answer, or nothing where it is longer; then the process is ended, so that nobody waits for it."""
    assert process.stdout is not None
    answer = bytearray()
    while some := await process.stdout.read(65536):
        answer += some
        if len(answer) > most:
            _kill(process)
            return None
    return bytes(answer)


async def _ended(process: Process) -> None:
    assert process.stdout is not None
    _kill(process)
    while await process.stdout.read(65536):  # what is left in the pipe would keep it open
        pass
    await process.wait()


def _kill(process: Process) -> None:
    with suppress(ProcessLookupError):
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)


def _reason(status: int) -> str:
    if status == OUT_OF_MEMORY:
        return "memory"
    return "time" if status == -signal.SIGXCPU else "crash"


def _error(answer: bytes) -> str | None:
    """What the process says was raised, if it is of that shape: it has read what strangers sent."""
    said = answer.decode("ascii", "replace")
    return said if _ERROR.fullmatch(said) else None


def _unread(function: str, why: str, status: int | None = None, error: str | None = None) -> Unread:
    """What is raised, after it was logged: a crash as an error, since it may well be a fault of ours."""
    log = _log.error if why == "crash" else _log.warning
    log("content not read", function=function, why=why, status=status, error=error)
    return Unread(why, error)
