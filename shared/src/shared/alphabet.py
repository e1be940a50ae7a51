"""The order of names in Danish: æ, ø and å after z, and aa as å.

Letters of other languages stand where their code point puts them.
"""

LAST = "æøå"
AFTER_Z = "{|}"
"""Characters that take the place of the last letters, since their code points follow `z`."""
_MOVED = str.maketrans(LAST, AFTER_Z)


def danish(name: str) -> str:
    """The sort key of a name."""
    return name.lower().replace("aa", "å").translate(_MOVED)
