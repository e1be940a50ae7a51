"""Invisible characters: as the inside of a regular expression's character class, and tested one by one."""

import re
import unicodedata

_SPACES = r"\u0009-\u000d\u0020\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_NO_INK = (
    r"\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff"
    r"\uffa0\ufff0-\ufffb"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""Formatting characters, and letters without a glyph."""
_ACCENTS = r"\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
"""Combining marks, which are invisible without a letter."""
UNSEEN = f"{_SPACES}{_NO_INK}{_ACCENTS}"

SEEN = re.compile(rf"[^\u0000-\u001f\u007f-\u009f{UNSEEN}]")
"""A character that is visible by itself."""

_INVISIBLE = re.compile(rf"[{_NO_INK}\u034f]")


def is_invisible(character: str) -> bool:
    """Whether a text looks the same without this character, though programs read it differently; spaces and accents are
    visible."""
    if character.isascii():
        return False
    return unicodedata.category(character) == "Cf" or _INVISIBLE.match(character) is not None
