"""Processes that the runner owns: none outlives it, and none is met by a Ctrl-C that was meant for it.

Each runs in a session of its own, so a Ctrl-C in the terminal reaches only the runner, which then stops all in order.
Should the runner itself be killed, the kernel sends each of them the signal that stops it. What still survives
(on a machine without ``setpriv``, say) is found at the next start by the record kept of it.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from local.account import Account
from local.errors import SetupError
from local.records import Record, end_leftover, kill_group

# The kernel's signal comes when the *thread* that started a child ends. One thread, which lives as long as the
# interpreter, starts them all, whoever asks for it.
_spawner = ThreadPoolExecutor(max_workers=1, thread_name_prefix="spawner")


@dataclass(frozen=True)
class Command:
    """What to run, where and as whom.

    ``stop_signal`` asks it to end in good order; after ``grace`` seconds it is killed.
    """

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str] = field(repr=False)
    folder: Path
    log: Path
    record: Path
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 10.0


class Process:
    """One process, started and stopped any number of times."""

    def __init__(self, command: Command) -> None:
        self.command = command
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def alive(self) -> bool:
        """Whether it was started and has not ended."""
        return self._running is not None and self._running.poll() is None

    @property
    def pid(self) -> int | None:
        """Its number while it runs."""
        return self._running.pid if self._running is not None and self.alive else None

    def start(self) -> None:
        """Start it; what a killed runner may have left of it is ended first. Raises SetupError if it cannot run."""
        if self.alive:
            return
        end_leftover(self.command.record, self.command.stop_signal, self.command.grace)
        try:
            self._running = _spawner.submit(self._spawn).result()
        except OSError as error:
            raise SetupError(f"{self.command.name} could not be started: {error}") from error
        Record.of(self._running.pid).write(self.command.record)

    def stop(self) -> None:
        """Ask it to end, and kill it if it has not done so in time."""
        if self._running is not None and self.alive:
            self._running.send_signal(self.command.stop_signal)
            with suppress(subprocess.TimeoutExpired):
                self._running.wait(self.command.grace)
        self.kill()

    def kill(self) -> None:
        """End it at once, as a crash would, with whatever is left of its process group."""
        if self._running is None:
            return
        kill_group(self._running.pid)
        self._running.wait()
        self._running = None
        self.command.record.unlink(missing_ok=True)

    def last_lines(self, count: int = 20) -> str:
        """The end of its log."""
        try:
            lines = self.command.log.read_text(errors="replace").splitlines()
        except FileNotFoundError:
            return ""
        return "\n".join(lines[-count:])

    def require_alive(self) -> None:
        """Raises SetupError with the end of its log when it does not run (any more)."""
        if not self.alive:
            status = self._running.poll() if self._running is not None else None
            raise SetupError(self._with_log(f"{self.command.name} has ended by itself (status {status})."))

    def wait_until(self, condition: Callable[[], bool], seconds: float) -> None:
        """Wait for what it is to bring about; raises SetupError when it ends instead, or takes too long."""
        deadline = time.monotonic() + seconds
        while not condition():
            self.require_alive()
            if time.monotonic() > deadline:
                raise SetupError(self._with_log(f"{self.command.name} was not ready within {seconds:.0f} seconds."))
            time.sleep(0.05)

    def _with_log(self, sentence: str) -> str:
        return f"{sentence} Its log, {self.command.log}, ends with:\n{self.last_lines()}"

    def _spawn(self) -> subprocess.Popen[bytes]:
        account = self.command.account
        with open(self.command.log, "ab", opener=_for_owner_only) as log:
            return subprocess.Popen(
                [*_tied_to_runner(self.command.stop_signal), *self.command.arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.command.folder,
                env=dict(self.command.environment),
                start_new_session=True,
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
                # What it writes – logs, letters, files that people have sent – is for nobody else on the machine.
                umask=0o077,
            )


def _for_owner_only(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)


def _tied_to_runner(stop_signal: signal.Signals) -> list[str]:
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", stop_signal.name.removeprefix("SIG"), "--"] if setpriv else []
