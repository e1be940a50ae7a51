"""The unprivileged system account under which servers run when root starts them.

Postgres refuses to run as root, and a broker has no need to. An ordinary user's servers run as that user.
"""

import grp
import os
import pwd
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from local.errors import SetupError
from local.machine import changing_the_machine

NAME = "praksis"
SYSTEM_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
"""Where the programs of administrators are too: root's own path lacks them where `su` has kept the user's."""

_BUSY_SECONDS = 60.0
# useradd's words for "the files of accounts cannot be updated", and for those of groups.
_CANNOT_UPDATE = (1, 10)


@dataclass(frozen=True)
class Account:
    """A system account by its numbers."""

    uid: int
    gid: int


def server_account() -> Account | None:
    """The account that servers run under: None (the caller's own) unless the caller is root.

    Raises SetupError when root cannot add the account.
    """
    return None if os.geteuid() != 0 else system_account(NAME)


def system_account(name: str) -> Account:
    """The system account of this name, added if there is none; however many ask at once, it is added once.

    Only root may ask. Raises SetupError when it cannot be added.
    """
    account = _find(name)
    if account is None:
        with changing_the_machine():
            account = _find(name) or _add(name)
    if account.uid == 0:
        raise SetupError(f"The system account '{name}' has root's number; Postgres cannot run under it.")
    return account


def own(account: Account | None, path: Path) -> None:
    """Give a file or folder (not what is in it) to the account."""
    if account is not None:
        os.chown(path, account.uid, account.gid)


def _find(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(entry.pw_uid, entry.pw_gid)


def _add(name: str) -> Account:
    useradd = shutil.which("useradd", path=SYSTEM_PATH)
    if useradd is None:
        raise SetupError(f"Postgres does not run as root. Add a system account '{name}', or run this as another user.")
    options = ["--system", *_group_of(name), "--no-create-home", "--home-dir", "/nonexistent"]
    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        result = subprocess.run(
            [useradd, *options, "--shell", "/usr/sbin/nologin", name],
            env={**os.environ, "LC_ALL": "C"},
            capture_output=True,
            text=True,
            check=False,
            umask=0o022,
        )
        # Whatever it says: another program may have added it at the same moment.
        found = _find(name)
        if found is not None:
            return found
        busy = result.returncode in _CANNOT_UPDATE and "lock" in result.stderr
        if not busy or time.monotonic() > deadline:
            raise SetupError(f"The system account '{name}' could not be added: {result.stderr.strip()}")
        time.sleep(0.5)


def _group_of(name: str) -> list[str]:
    try:
        grp.getgrnam(name)
    except KeyError:
        return ["--user-group"]
    # Left behind by an account of this name, or meant for one.
    return ["--gid", name]
