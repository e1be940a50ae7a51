"""The order of names in Danish, as Postgres puts it: the same on every machine, without the tables of any language."""

from typing import Any

from sqlalchemy import ColumnElement, func

from shared.alphabet import AFTER_Z, LAST


def in_danish(name: Any) -> ColumnElement[str]:
    """What to sort a column of names by, as `danish` says it of one."""
    return func.translate(func.replace(func.lower(name), "aa", "å"), LAST, AFTER_Z)
