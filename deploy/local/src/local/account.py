"""The unprivileged system account under which servers run when root starts them.

Postgres refuses to run as root, and a broker has no need to. An ordinary user's servers run as that user.
"""

import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from local.errors import SetupError

NAME = "praksis"


@dataclass(frozen=True)
class Account:
    """A system account by its numbers."""

    uid: int
    gid: int


def server_account() -> Account | None:
    """The account that servers run under: None (the caller's own) unless the caller is root.

    Raises SetupError when root cannot add the account.
    """
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(NAME)
    except KeyError:
        _add_account()
        entry = pwd.getpwnam(NAME)
    if entry.pw_uid == 0:
        raise SetupError(f"The system account '{NAME}' has root's number; Postgres cannot run under it.")
    return Account(entry.pw_uid, entry.pw_gid)


def own(account: Account | None, path: Path) -> None:
    """Give a file or folder (not what is in it) to the account."""
    if account is not None:
        os.chown(path, account.uid, account.gid)


def make_passable(folder: Path) -> None:
    """Make a folder, unless it is there, that only its owner sees into; if root makes it, others can pass through."""
    if not folder.exists():
        folder.mkdir(mode=0o700, parents=True)
        if os.geteuid() == 0:
            folder.chmod(0o711)  # by itself, since a strict umask would take it away from mkdir


def let_through(account: Account | None, folder: Path) -> list[Path]:
    """Let the account pass through a folder and all folders above it, and say which ones had to be opened.

    Only the right to pass is given, not the right to list what is in them.
    """
    if account is None:
        return []
    opened = []
    for step in (folder, *folder.parents):
        mode = step.stat()
        if not _may(account, mode, stat.S_IXOTH):
            step.chmod(stat.S_IMODE(mode.st_mode) | stat.S_IXOTH)
            opened.append(step)
    return opened


def let_read(account: Account | None, folder: Path) -> None:
    """Let the account read and run everything in a folder of public software (a strict umask may have closed it)."""
    if account is None:
        return
    for path in (folder, *folder.rglob("*")):
        mode = path.lstat()
        if stat.S_ISLNK(mode.st_mode):
            continue
        wanted = stat.S_IROTH | (stat.S_IXOTH if mode.st_mode & stat.S_IXUSR else 0)
        if not _may(account, mode, wanted):
            path.chmod(stat.S_IMODE(mode.st_mode) | wanted)


def _may(account: Account, found: os.stat_result, wanted: int) -> bool:
    if found.st_uid == account.uid:
        return found.st_mode >> 6 & wanted == wanted
    if found.st_gid == account.gid:
        return found.st_mode >> 3 & wanted == wanted
    return found.st_mode & wanted == wanted


def _add_account() -> None:
    useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if useradd is None:
        raise SetupError(f"Postgres does not run as root. Add a system account '{NAME}', or run this as another user.")
    options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    result = subprocess.run(
        [useradd, *options, "--shell", "/usr/sbin/nologin", NAME], capture_output=True, text=True, check=False
    )
    # 9: the name exists, for instance because another run has just added it.
    if result.returncode not in (0, 9):
        raise SetupError(f"The system account '{NAME}' could not be added: {result.stderr.strip()}")
