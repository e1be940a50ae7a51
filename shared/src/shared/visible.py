"""What nobody sees in a text: as the inside of a character class in a regular expression, and by the character."""

import re
import unicodedata

_SPACES = r"\u0009-\u000d\u0020\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_NO_INK = (
    r"\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff"
    r"\uffa0\ufff0-\ufffb"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""Characters that shape or mark others, and letters that stand for none."""
_ACCENTS = r"\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
"""What is put on letters of any script, and is nothing without one."""
UNSEEN = f"{_SPACES}{_NO_INK}{_ACCENTS}"

SEEN = re.compile(rf"[^\u0000-\u001f\u007f-\u009f{UNSEEN}]")
"""A character that somebody sees, by itself."""

_INVISIBLE = re.compile(rf"[{_NO_INK}\u034f]")


def is_invisible(character: str) -> bool:
    """Whether a text without this character looks the same, though programs read another; spaces and accents show."""
    if character.isascii():
        return False
    return unicodedata.category(character) == "Cf" or _INVISIBLE.match(character) is not None
