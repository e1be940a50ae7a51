"""The order of names in Danish: æ, ø and å after z, and aa as å.

Letters of other languages stand where their code point puts them.
"""

LAST = "æøå"
AFTER_Z = "{|}"
"""What sorts as the last letters are to, by code point."""
_MOVED = str.maketrans(LAST, AFTER_Z)


def danish(name: str) -> str:
    """What to sort a name by."""
    return name.lower().replace("aa", "å").translate(_MOVED)
