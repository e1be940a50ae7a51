"""A folder in memory for servers that need not outlive the tests, where the machine has room for it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

MEMORY = Path("/dev/shm")  # a folder of its own inside it, which nobody else may write to
ENOUGH = 4 * 1024**3
"""Bytes. A server writes some hundred megabytes; the log that it keeps may become a gigabyte."""


@contextmanager
def folder_in_memory(prefix: str) -> Iterator[Path]:
    """A folder that goes at the end; on disk where memory is scarce, as it is in most containers."""
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ENOUGH:
        with TemporaryDirectory(prefix=prefix) as folder:
            yield Path(folder)
        return
    _clear_away_after_the_killed(prefix)
    with TemporaryDirectory(prefix=f"{prefix}{os.getpid()}-", dir=MEMORY) as folder:
        yield Path(folder)


def _clear_away_after_the_killed(prefix: str) -> None:
    """What a run that was killed has left would take up memory until the machine is started anew."""
    for left in MEMORY.glob(f"{prefix}*"):
        pid = left.name.removeprefix(prefix).partition("-")[0]
        if pid.isdigit() and not Path(f"/proc/{pid}").exists():
            shutil.rmtree(left, ignore_errors=True)
