"""The Danish order of names in SQL: the same on every machine, without a collation."""

from typing import Any

from sqlalchemy import ColumnElement, func

from shared.alphabet import AFTER_Z, LAST


def in_danish(name: Any) -> ColumnElement[str]:
    """The sort key of a column of names, as `danish` makes it of one name."""
    return func.translate(func.replace(func.lower(name), "aa", "å"), LAST, AFTER_Z)
