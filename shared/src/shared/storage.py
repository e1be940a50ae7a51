"""What is full takes nothing more: a disk, a quota, the database's own disk."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import structlog
from sqlalchemy.exc import DBAPIError

from shared.errors import NotNow

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""No space left, the quota is used up, the file would be larger than files may be."""
_DISK_FULL = "53100"
"""Postgres' word for it."""
_log = structlog.get_logger("shared.storage")


def storage_full(error: Exception) -> NotNow:
    """The problem 507 `storage-full`; why goes to the log, without any name of a file."""
    reason = errno.errorcode.get(error.errno or 0, "?") if isinstance(error, OSError) else _DISK_FULL
    _log.error("storage_full", reason=reason)
    return NotNow("storage-full", timedelta(hours=1))


@contextmanager
def full_storage_is_told() -> Iterator[None]:
    """Whatever finds no room inside ends as 507 `storage-full`."""
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise
        raise storage_full(error) from error
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != _DISK_FULL:
            raise
        raise storage_full(error) from error
