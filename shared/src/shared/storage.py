"""Full storage: a disk, a quota, or the database's disk."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import structlog
from sqlalchemy.exc import DBAPIError

from shared.errors import NotNow

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""No space left, quota used up, or file too large."""
_DISK_FULL = "53100"
"""Postgres' SQLSTATE for a full disk."""
_log = structlog.get_logger("shared.storage")


def storage_full(error: Exception) -> NotNow:
    """The refusal 507 `storage-full`; its reason is logged, without file names."""
    reason = errno.errorcode.get(error.errno or 0, "?") if isinstance(error, OSError) else _DISK_FULL
    _log.error("storage_full", reason=reason)
    return NotNow("storage-full", timedelta(hours=1))


@contextmanager
def full_storage_is_told() -> Iterator[None]:
    """Turns errors of full storage inside into 507 `storage-full`."""
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
