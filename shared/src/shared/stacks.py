"""Stack traces for the log, without the messages of exceptions, which may quote what people typed."""

import traceback
from collections.abc import Iterator


def stack_of(error: BaseException) -> str:
    """The types and stack frames of an error and its causes, the first cause first."""
    return "".join(line for each in reversed(list(_chain(error))) for line in _lines(each))


def kind_of(error: BaseException) -> str:
    """The type of an error; for database errors with SQLSTATE and constraint."""
    name = type(error).__qualname__
    said = (getattr(error, "sqlstate", None), getattr(error, "constraint_name", None))
    known = [str(each) for each in said if each]
    return f"{name} ({', '.join(known)})" if known else name


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _lines(error: BaseException) -> Iterator[str]:
    yield from traceback.format_tb(error.__traceback__)
    yield f"{kind_of(error)}\n"
