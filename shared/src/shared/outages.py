"""Tells the database's faults from those of what was asked of it.

While the database is at fault nobody else is: what was under way is done again once it answers, and nothing is held
against it.
"""

from collections.abc import Iterator

from asyncpg import InternalClientError
from asyncpg.exceptions import InvalidCachedStatementError
from sqlalchemy.exc import DBAPIError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as PoolIsEmpty

CLASSES = ("08", "28", "53", "57", "58")
"""Of SQLSTATE: the connection, signing in, resources (disk, memory, connections), operators (shutting down, starting
up, statements cut off), and the system below."""
CODES = frozenset({"25006", "25P03", "25P04", "3D000", "40001", "40003", "40P01", "55P03"})
"""Of other classes: read-only, transactions that lasted too long, no such database, what was set back because of
others, and a lock that others held for too long."""


def is_outage(error: BaseException) -> bool:
    """Whether this error, or one that it came from, is the database's own: it may be gone in a moment."""
    return any(_is_sign_of_outage(each) for each in _with_causes(error))


def is_unreachable(error: BaseException) -> bool:
    """Whether the connection itself has failed: what cannot be reached from here may be reached from elsewhere."""
    return any(
        isinstance(each, OSError) or getattr(each, "connection_invalidated", False) for each in _with_causes(error)
    )


def code_of(error: BaseException) -> str | None:
    """The SQLSTATE of an error, or of the first that it came from that has one."""
    return next((code for each in _with_causes(error) if (code := _code(each))), None)


def _is_sign_of_outage(error: BaseException) -> bool:
    match error:
        case OSError():
            return error.filename is None  # a connection; a file would have its name
        case DBAPIError(connection_invalidated=True) | PoolIsEmpty() | InternalClientError():
            return True
        case InvalidCachedStatementError():
            return True  # the tables have changed since the statement was prepared, which is done anew then
        case PendingRollbackError():
            return error.code == "8s2b"  # the connection was lost earlier in the same transaction
    code = _code(error)
    return code.startswith(CLASSES) or code in CODES


def _code(error: BaseException) -> str:
    return getattr(error, "sqlstate", None) or ""


def _with_causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__
