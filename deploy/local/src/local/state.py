"""The state folder: everything a run keeps on disk, in one place that can be wiped."""

import fcntl
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from local.errors import AlreadyRuns, SetupError
from local.passage import make_passable
from local.private_files import keep_first, make_private

CHECKOUT = Path(__file__).resolve().parents[4]
"""The folder of the whole project: the packages are installed editable, so this file lies in it."""


class Secrets:
    """Generated secrets by name, one file each that only its owner may read; the same at every run."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, name: str) -> str:
        """The secret of this name: 48 hexadecimal digits, made at the first asking."""
        file = self._folder / name
        try:
            return file.read_text().strip()
        except FileNotFoundError:
            return self._make(file)

    def _make(self, file: Path) -> str:
        make_private(self._folder)
        # Of several that ask for the first time at once, all get the one that was put there first.
        keep_first(file, f"{secrets.token_hex(24)}\n".encode())
        return file.read_text().strip()


class State:
    """One state folder. Hold its lock (``with state:``) while anything in it runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.logs = folder / "log"
        self.records = folder / "run"
        self.clock = folder / "clock"
        self.secrets = Secrets(folder / "private")
        self._lock: IO[str] | None = None

    @classmethod
    def usual(cls, environment: Mapping[str, str] = os.environ) -> "State":
        """The folder that ``PRAKSIS_STATE`` names, else ``var`` in the checkout."""
        named = environment.get("PRAKSIS_STATE", "").strip()
        return cls(Path(named).expanduser().resolve() if named else CHECKOUT / "var")

    def __enter__(self) -> "State":
        self.hold()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def hold(self) -> None:
        """Make the folder and take its lock.

        Raises AlreadyRuns when another run holds the lock, and SetupError when the folder is another user's.
        """
        self._require_own()
        try:
            # Where root starts them, the servers run under another account, which must pass through to their folders.
            make_passable(self.folder)
            lock = self._open_lock()
        except PermissionError as error:
            raise SetupError(f"{error.filename} cannot be written. {_OTHER_USER}") from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            lock.close()
            raise AlreadyRuns(
                f"Praksis already runs from {self.folder} (process {holder}). Stop it with Ctrl-C in its terminal, "
                "or name another folder in PRAKSIS_STATE to run a second one beside it."
            ) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        self._lock = lock
        for folder in (self.logs, self.records):
            folder.mkdir(mode=0o700, exist_ok=True)

    def release(self) -> None:
        """Let the lock go."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _require_own(self) -> None:
        # Root could write into it, but the servers would then run under an account that does not own their data.
        if self.folder.exists() and self.folder.stat().st_uid != os.geteuid():
            raise SetupError(f"{self.folder} belongs to another user. {_OTHER_USER}")

    def _open_lock(self) -> IO[str]:
        # Whoever can open it, even for reading, can hold it, and would keep the owner out.
        descriptor = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        os.fchmod(descriptor, 0o600)
        return os.fdopen(descriptor, "r+")


_OTHER_USER = "Run as that user, wipe the folder as that user with `make clean`, or name another in PRAKSIS_STATE."
