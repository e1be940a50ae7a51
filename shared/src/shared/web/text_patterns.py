"""What texts may hold, as regular expressions for the OpenAPI document (ECMA 262, as JSON Schema has them)."""

import re

_CONTROLS = r"\u0000-\u001f\u007f-\u009f"
_CONTROLS_BUT_LINES = r"\u0000-\u0008\u000b-\u001f\u007f-\u009f"
_SPACES = r"\u0009-\u000d\u0020\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_NO_INK = (
    r"\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff"
    r"\uffa0\ufff0-\ufffb"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""Characters that shape or mark others, and letters that stand for none."""
_ACCENTS = r"\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
"""What is put on letters of any script, and is nothing without one."""
_UNSEEN = f"{_SPACES}{_NO_INK}{_ACCENTS}"

SEEN = re.compile(f"[^{_CONTROLS}{_UNSEEN}]")
"""A character that somebody sees, by itself."""

NO_CONTROLS = f"^[^{_CONTROLS}]*$"
"""No control characters."""

LINE = f"^[^{_CONTROLS}]*[^{_CONTROLS}{_UNSEEN}][^{_CONTROLS}]*$"
"""One line in which there is something to see."""

LINES = f"^[^{_CONTROLS_BUT_LINES}]*[^{_CONTROLS}{_UNSEEN}][^{_CONTROLS_BUT_LINES}]*$"
"""Several lines of the same kind. A carriage return before a line feed is taken too, and nobody need send one."""
