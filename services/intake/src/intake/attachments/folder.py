"""The folder that holds the contents of attachments, each in a file named by its id alone."""

import asyncio
import errno
import os
import shutil
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryFile
from uuid import UUID

from intake.attachments.model import LARGEST


class Damaged(Exception):
    """The content is gone, or is not what was kept."""


class AttachmentFolder:
    """Files are written whole or not at all, are never run, and never carry a name that somebody sent."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def write(self, id: UUID, content: bytes) -> None:
        """Keep the content. Raises `OSError` where the disk does not take it; then nothing is kept."""
        await asyncio.to_thread(self._write, id, content)

    async def read(self, id: UUID, expected: str) -> bytes:
        """The content whose SHA-256 is `expected`. Raises `Damaged` for any other, and where there is none."""
        try:
            content = await asyncio.to_thread(self._file(id).read_bytes)
        except OSError as error:
            raise Damaged(str(id)) from error
        if sha256(content).hexdigest() != expected:
            raise Damaged(str(id))
        return content

    def kept(self) -> Iterator[tuple[UUID, Path]]:
        """Every content with its file."""
        for file in self._folder.glob("??/*"):
            try:
                yield UUID(file.name), file
            except ValueError:
                continue  # half a file, whose writer was interrupted, or not ours

    async def check(self) -> None:
        """Raise `OSError` unless the disk takes a file of the largest size that may be sent."""
        await asyncio.to_thread(self._check)

    def _check(self) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if shutil.disk_usage(self._folder).free < LARGEST:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        with TemporaryFile(dir=self._folder, prefix=".") as probe:
            probe.write(b"written")
            probe.flush()

    def _file(self, id: UUID) -> Path:
        return self._folder / id.hex[-2:] / str(id)  # the end of a UUIDv7 is random: the folders fill evenly

    def _write(self, id: UUID, content: bytes) -> None:
        file = self._file(id)
        for folder in (self._folder, file.parent):  # one by one: what is made on the way to another is open to all
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=file.parent, prefix=".", delete=False) as part:  # readable by its owner alone
            try:
                part.write(content)
                part.flush()
                os.fsync(part.fileno())
                Path(part.name).rename(file)
            except BaseException:
                Path(part.name).unlink(missing_ok=True)
                raise
