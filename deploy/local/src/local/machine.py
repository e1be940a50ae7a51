"""What Praksis does to the machine itself, outside of its folders: one process at a time, whatever checkout it is of.

Only root changes the machine – adds an account, installs packages, opens folders for passing through. So the lock lies
in a folder in which only root makes files: nobody else can hold it, or put a link in its place.
"""

import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.errors import SetupError

# Not in /run/lock or /tmp, where everybody may write. The second is where systems other than Linux have it.
_PLACES = (Path("/run"), Path("/var/run"))
_NAME = "praksis.lock"


@contextmanager
def changing_the_machine() -> Iterator[None]:
    """Be the only one that changes the machine; only root may ask. Waits for the one that does, and says so.

    Look again at what is to be changed once it is your turn: the one before may have done it. The kernel lets the lock
    go however its holder ends. Not to be asked for by who has it already. Raises SetupError where there can be no lock.
    """
    file = next((place for place in _PLACES if place.is_dir()), _PLACES[0]) / _NAME
    try:
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise SetupError(f"The lock of what is done to this machine, {file}, cannot be opened: {error}") from error
    try:
        _lock(descriptor)
        yield
    finally:
        # The file stays: whoever removed it would let in a second one beside the next holder.
        os.close(descriptor)


def _lock(descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("   waiting for another Praksis that is setting up this machine", file=sys.stderr, flush=True)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
