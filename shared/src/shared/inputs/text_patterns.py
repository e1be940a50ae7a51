"""What texts may hold, as regular expressions for the OpenAPI document (ECMA 262, as JSON Schema has them)."""

from shared.visible import UNSEEN

_CONTROLS = r"\u0000-\u001f\u007f-\u009f"
_CONTROLS_BUT_LINES = r"\u0000-\u0008\u000b-\u001f\u007f-\u009f"

NO_CONTROLS = f"^[^{_CONTROLS}]*$"
"""No control characters."""

LINE = f"^[^{_CONTROLS}]*[^{_CONTROLS}{UNSEEN}][^{_CONTROLS}]*$"
"""One line in which there is something to see."""

LINES = f"^[^{_CONTROLS_BUT_LINES}]*[^{_CONTROLS}{UNSEEN}][^{_CONTROLS_BUT_LINES}]*$"
"""Several lines of the same kind. A carriage return before a line feed is taken too, and nobody need send one."""
