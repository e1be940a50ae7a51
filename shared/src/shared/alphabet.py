"""The order of names in Danish: æ, ø and å after z, and aa as å.

Postgres here sorts by code point on every machine alike, without the tables of any language; letters of other languages
stand where their code point puts them.
"""

from typing import Any

from sqlalchemy import ColumnElement, func

_LAST = "æøå"
_AFTER_Z = "{|}"
_MOVED = str.maketrans(_LAST, _AFTER_Z)


def danish(name: str) -> str:
    """What to sort a name by."""
    return name.lower().replace("aa", "å").translate(_MOVED)


def in_danish(name: Any) -> ColumnElement[str]:
    """The same of a column."""
    return func.translate(func.replace(func.lower(name), "aa", "å"), _LAST, _AFTER_Z)
