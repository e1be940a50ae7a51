"""How the account of the servers reaches what lies in a checkout that belongs to somebody else."""

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from local.account import Account
from local.machine import changing_the_machine


def make_passable(folder: Path) -> None:
    """Make a folder, unless it is there, that only its owner sees into; if root makes it, others can pass through."""
    try:
        folder.mkdir(mode=0o700, parents=True)
    except FileExistsError:
        return
    if os.geteuid() == 0:
        folder.chmod(0o711)  # by itself, since a strict umask would take it away from mkdir


def let_through(account: Account | None, folder: Path) -> list[Path]:
    """Let the account pass through a folder and all folders above it, and say which ones had to be opened.

    Only the right to pass is given, not the right to list what is in them.
    """
    if account is None:
        return []
    return _grant(account, [(step, stat.S_IXOTH) for step in (folder, *folder.parents)])


def let_read(account: Account | None, folder: Path) -> None:
    """Let the account read and run everything in a folder of public software (a strict umask may have closed it)."""
    if account is None:
        return
    software = [path for path in (folder, *folder.rglob("*")) if not path.is_symlink()]
    _grant(account, [(path, _reading(path.stat())) for path in software])


def _reading(found: os.stat_result) -> int:
    return stat.S_IROTH | (stat.S_IXOTH if found.st_mode & stat.S_IXUSR else 0)


def _grant(account: Account, rights: Iterable[tuple[Path, int]]) -> list[Path]:
    """Give the account each of these rights that it lacks, and say where it lacked one."""
    lacking = [(path, wanted) for path, wanted in rights if not _may(account, path.stat(), wanted)]
    if not lacking:
        return []
    # A mode is read, and written with one right more: two that do so at once would each take away the other's.
    with changing_the_machine():
        return [path for path, wanted in lacking if _grant_one(account, path, wanted)]


def _grant_one(account: Account, path: Path, wanted: int) -> bool:
    found = path.stat()
    if _may(account, found, wanted):
        return False
    path.chmod(stat.S_IMODE(found.st_mode) | wanted)
    return True


def _may(account: Account, found: os.stat_result, wanted: int) -> bool:
    if found.st_uid == account.uid:
        return found.st_mode >> 6 & wanted == wanted
    if found.st_gid == account.gid:
        return found.st_mode >> 3 & wanted == wanted
    return found.st_mode & wanted == wanted
