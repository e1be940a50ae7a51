"""The processes of the disturbed service, each a real one: forked from one that has imported everything already.

None outlives the test: the kernel kills them with the process they were forked from, and an alarm ends what hangs.
"""

import asyncio
import ctypes
import json
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from multiprocessing import forkserver
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, TextIO

from faults.disturbing import disturb
from faults.plan import Plan
from faults.service import SERVICE, database_of, note_closed, note_opened
from faults.writing import Writer

from shared import telemetry
from shared.clock import SimulatedClock
from shared.contracts.intake.rounds import RoundClosed, RoundOpened
from shared.events.handlers import Handlers
from shared.work import UnitOfWork
from shared.worker import Worker, run_worker

LONGEST_LIFE = 1800
"""Seconds after which a process ends itself, whatever became of those who should have ended it."""
_PR_SET_PDEATHSIG = 1

_spawning = multiprocessing.get_context("forkserver")


def warm_up() -> None:
    """Start the process that the others are forked from, with everything imported."""
    before = os.environ.get("PYTHONPATH")
    own = str(Path(__file__).parents[1])  # it is not told of this process's own path
    os.environ["PYTHONPATH"] = own if before is None else f"{own}{os.pathsep}{before}"
    _spawning.set_forkserver_preload(["faults.processes"])
    try:
        forkserver.ensure_running()
    finally:
        os.environ.pop("PYTHONPATH") if before is None else os.environ.update(PYTHONPATH=before)


class Child:
    """One process; what it says stands in `log`."""

    def __init__(self, name: str, folder: Path, main: Callable[..., None], *given: object) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        self._process: BaseProcess = _spawning.Process(target=_begin, args=(str(self.log), main, given))
        self._process.start()

    @property
    def alive(self) -> bool:
        return self._process.is_alive()

    @property
    def was_killed(self) -> bool:
        """Whether it has ended by SIGKILL, its own or another's."""
        return self._process.exitcode == -signal.SIGKILL

    def kill(self) -> None:
        """End it at once, also when it is paused."""
        self._process.kill()
        self._process.join()

    def pause(self) -> None:
        """Let it stand still, as a suspended machine does."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it go on after a pause."""
        self._signal(signal.SIGCONT)

    @property
    def is_paused(self) -> bool:
        """Whether it stands still, after `pause` or by its own plan."""
        assert self._process.pid is not None
        status = Path(f"/proc/{self._process.pid}/stat").read_text()
        return status.rpartition(")")[2].split()[0] == "T"

    async def stop(self, seconds: float = 60.0) -> None:
        """Ask it to end in good order, and wait until it has."""
        self._process.terminate()
        await self.ended(seconds)

    async def ended(self, seconds: float = 60.0) -> None:
        """Wait until it has ended."""
        await asyncio.to_thread(self._process.join, seconds)
        assert not self.alive, f"{self.name} has not ended within {seconds:.0f} seconds"

    def lines(self, event: str | None = None) -> list[dict[str, Any]]:
        """What it has logged so far, or only the lines that say `event`."""
        if not self.log.exists():
            return []
        return [line for line in _json_lines(self.log.read_text()) if event in (None, line.get("event"))]

    def _signal(self, number: signal.Signals) -> None:
        assert self._process.pid is not None
        os.kill(self._process.pid, number)


def run_service(database_url: str, amqp_url: str, plan: Plan) -> None:
    """The inside of a worker of the disturbed service."""
    written = disturb(plan)
    telemetry.configure(SERVICE, "worker")
    clock = SimulatedClock(plan.clock_file) if plan.clock_file else None
    database = database_of(database_url, clock)
    asyncio.run(run_worker(Worker(database, handlers(plan, written), amqp_url)))


def run_writer(database_url: str, subjects: int, name: str, count: int, notes: str) -> None:
    """The inside of a writer in a process of its own; it leaves in a file what it was told of its commits."""

    async def write(file: TextIO) -> None:
        database = database_of(database_url)
        await Writer(database, subjects, name, file).write(count)
        await database.close()

    with Path(notes).open("a") as file:
        asyncio.run(write(file))


def handlers(plan: Plan, written: Callable[[], None] = lambda: None) -> Handlers:
    """What the service does with its events, as the plan wants it."""
    on = Handlers()

    @on(RoundOpened)
    async def note_what_was_told(event: RoundOpened, work: UnitOfWork) -> None:
        await note_opened(event, work)
        written()
        await _misbehave(event.programme, plan)

    if plan.older:
        return on

    @on(RoundClosed)
    async def note_what_was_answered(event: RoundClosed, work: UnitOfWork) -> None:
        await note_closed(event, work)
        written()

    return on


async def _misbehave(number: str, plan: Plan) -> None:
    if number in plan.deadly:
        os.kill(os.getpid(), signal.SIGKILL)
    if number in plan.refused:
        raise ValueError("this event is refused, whenever it comes")
    if number in plan.quitting:
        raise plan.quitting[number]
    if number in plan.slow:
        if plan.blocking:
            time.sleep(plan.slow_for)  # noqa: ASYNC251  # that nothing goes on is what is wanted
        else:
            await asyncio.sleep(plan.slow_for)


def _begin(log: str, main: Callable[..., None], given: tuple[object, ...]) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.alarm(LONGEST_LIFE)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C is for the test run, which then ends us
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    main(*given)


def _json_lines(text: str) -> Iterator[dict[str, Any]]:
    for line in text.splitlines():
        try:
            found = json.loads(line)
        except ValueError:
            continue  # a traceback, or the line that the process was killed in
        if isinstance(found, dict):
            yield found
