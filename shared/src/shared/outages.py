"""Tells an outage of the database from errors of a statement.

During an outage no event and no e-mail is at fault: what was under way is repeated once the database answers, and no
attempt is counted.
"""

from collections.abc import Iterator

from asyncpg import InternalClientError
from asyncpg.exceptions import InvalidCachedStatementError
from sqlalchemy.exc import DBAPIError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as PoolIsEmpty

CLASSES = ("08", "28", "53", "57", "58")
"""SQLSTATE classes that mean an outage: connection, sign-in, resources (disk, memory, connections), operator
intervention (shutdown, startup, cancelled statements), and system errors."""
CODES = frozenset({"25006", "25P03", "25P04", "3D000", "40001", "40003", "40P01", "55P03"})
"""Single SQLSTATE codes that mean an outage: read-only transaction, transactions that lasted too long, no such
database, rollback because of concurrent transactions, and a lock that was not available in time."""


def is_outage(error: BaseException) -> bool:
    """Whether this error, or one that caused it, is an outage of the database: a repetition may succeed."""
    return any(_is_sign_of_outage(each) for each in _with_causes(error))


def is_unreachable(error: BaseException) -> bool:
    """Whether the connection itself has failed: another process may still reach the database."""
    return any(
        isinstance(each, OSError) or getattr(each, "connection_invalidated", False) for each in _with_causes(error)
    )


def code_of(error: BaseException) -> str | None:
    """The SQLSTATE of an error, or of the first of its causes that has one; None where none has."""
    return next((code for each in _with_causes(error) if (code := _code(each))), None)


def _is_sign_of_outage(error: BaseException) -> bool:
    match error:
        case OSError():
            return error.filename is None  # an error of a connection: that of a file has a file name
        case DBAPIError(connection_invalidated=True) | PoolIsEmpty() | InternalClientError():
            return True
        case InvalidCachedStatementError():
            return True  # a migration changed the tables; the statement is prepared again
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
