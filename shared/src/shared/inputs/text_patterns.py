"""Patterns of valid texts for the OpenAPI document (ECMA 262, as in JSON Schema)."""

from shared.visible import UNSEEN

_CONTROLS = r"\u0000-\u001f\u007f-\u009f"
_CONTROLS_BUT_LINES = r"\u0000-\u0008\u000b-\u001f\u007f-\u009f"

NO_CONTROLS = f"^[^{_CONTROLS}]*$"
"""No control characters."""

LINE = f"^[^{_CONTROLS}]*[^{_CONTROLS}{UNSEEN}][^{_CONTROLS}]*$"
"""One line with at least one visible character."""

LINES = f"^[^{_CONTROLS_BUT_LINES}]*[^{_CONTROLS}{UNSEEN}][^{_CONTROLS_BUT_LINES}]*$"
"""Several lines with at least one visible character. A carriage return before a line feed is accepted, too."""
