"""Files and folders for their owner only, from their first byte on and whatever the umask."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile


def make_private(folder: Path) -> None:
    """Make a folder that only its owner sees into or passes through; one that is there already becomes such."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_mode & 0o077:
        folder.chmod(0o700)


def write_private(file: Path, content: bytes) -> None:
    """Put a file in its place: whole, or not at all."""
    with _unfinished(file, content, 0o600) as unfinished:
        unfinished.replace(file)


def keep_first(file: Path, content: bytes, mode: int = 0o600) -> bool:
    """Put a file in its place unless there is one, and say whether it was put there.

    Of several that do so at once one succeeds, and all find that one's content in it.
    """
    with _unfinished(file, content, mode) as unfinished:
        try:
            file.hardlink_to(unfinished)
        except FileExistsError:
            return False
        return True


@contextmanager
def _unfinished(file: Path, content: bytes, mode: int) -> Iterator[Path]:
    """The content under a name of nobody else's, which is gone afterwards."""
    with NamedTemporaryFile(dir=file.parent, prefix=".", delete=False) as part:  # readable by its owner alone
        unfinished = Path(part.name)
        try:
            part.write(content)
            part.flush()
            os.fchmod(part.fileno(), mode)
            yield unfinished
        finally:
            unfinished.unlink(missing_ok=True)
