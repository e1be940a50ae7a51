"""Reads uploaded files in isolated processes, so that a crash or an exploit does not reach this process."""

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
"""How many isolated processes a web process runs at once."""
WAITING = 6
"""How many more may wait for one; each holds a database connection, of which there are ten."""
OF_ONE_PERSON = 2
"""Most places that one person has: one that is read, and one that waits. The rest is left to others."""
PATIENCE = 10.0
"""Seconds that one waits at most; with the work itself, less than a transaction may be idle."""
_CHILD = Path(__file__).with_name("child.py")
_ERROR = re.compile(r"[\w.<>]{1,100}( [\w.<>-]{1,100}:[0-9]{1,7})?", re.ASCII)
_log = structlog.get_logger("shared.isolation")


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of a process: bytes of address space, seconds of CPU time and of wall-clock time, and bytes of the
    answer."""

    memory: int = 768 * 1024 * 1024
    seconds: int = 10
    output: int = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Line:
    """A queue of its own, so that slow work does not keep other work waiting; the sizes are like `AT_ONCE` and
    `WAITING`."""

    name: str
    at_once: int
    waiting: int


FILES = Line("files", AT_ONCE, WAITING)
"""The queue for uploaded files."""


class Unread(Exception):
    """The content was not read. `why` is `memory`, `time`, `output`, `crash`, or `busy` if it was never tried.

    `error` is the exception behind a crash: the type's name, the file and the line.
    """

    def __init__(self, why: str, error: str | None = None) -> None:
        super().__init__(f"{why}: {error}" if error else why)
        self.why = why
        self.error = error


class Places:
    """The places of a queue in one event loop; `taken` counts those at work and those that wait."""

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
        """Wait for a place and hold it; of one person's, one at a time is at work.

        Raises `Unread` where the queue is full, the person has too many places, or it takes too long.
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
    """The places of a queue in this event loop."""
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
    """Run `function`, as in `package.module:name`, on the content in an isolated process. It takes bytes and returns
    JSON values.

    `whose` is the person who wants it; of one person, one content is read at a time.

    A fresh interpreter runs it, without environment variables and so without secrets, in its own session, and without
    access to the network and to other files, where the kernel can enforce that. An exception of the function, and an
    answer that does not fit `result`, count as a crash. Cancellation ends the process. Raises `Unread`. Do not hold row
    locks meanwhile: it may take long.
    """
    try:
        async with places(line).one(whose):
            answer = await _answer(function, content, limits)
        return _checked(function, answer, result)
    except Unread as unread:
        numbers.content_unread(function.partition(".")[0].partition(":")[0], unread.why)
        raise


async def tell_open_ways() -> None:
    """Log a warning if the kernel cannot sandbox isolated processes."""
    with suppress(Unread):  # logged by `_unread`
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
        cwd="/",  # which it cannot read
        start_new_session=True,
    )


def _folder_of(package: str) -> str:
    """The folder of a package or module, which an isolated process may read."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        return sys.prefix  # the package is missing there, too, and the process reports it
    file = Path(spec.origin)
    return str(file.parent.parent if spec.submodule_search_locations else file.parent)


async def _fed(process: Process, content: bytes) -> None:
    assert process.stdin is not None
    with suppress(BrokenPipeError, ConnectionResetError):  # the process has ended; its status tells why
        process.stdin.write(content)
        await process.stdin.drain()
    process.stdin.close()


async def _read(process: Process, most: int) -> bytes | None:
    """The whole answer, or None if it is too long; then the process is killed."""
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
    while await process.stdout.read(65536):  # unread data would keep the pipe open
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
    """The exception that the process reports, if it has the expected form: the process has read untrusted content."""
    said = answer.decode("ascii", "replace")
    return said if _ERROR.fullmatch(said) else None


def _unread(function: str, why: str, status: int | None = None, error: str | None = None) -> Unread:
    """Log the failure, a crash as an error since it may be our own fault, and return the exception for it."""
    log = _log.error if why == "crash" else _log.warning
    log("content not read", function=function, why=why, status=status, error=error)
    return Unread(why, error)
