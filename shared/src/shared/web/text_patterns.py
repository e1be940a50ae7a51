"""What texts may hold, as regular expressions for the OpenAPI document (ECMA 262, as JSON Schema has them)."""

_CONTROLS = r"\u0000-\u001f\u007f-\u009f"
_CONTROLS_BUT_LINES = r"\u0000-\u0008\u000b-\u001f\u007f-\u009f"
_SPACES = r"\u0009-\u000d\u0020\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"

NO_CONTROLS = f"^[^{_CONTROLS}]*$"
"""No control characters."""

LINE = f"^[^{_CONTROLS}]*[^{_CONTROLS}{_SPACES}][^{_CONTROLS}]*$"
"""One line in which something is left when it is trimmed."""

LINES = f"^[^{_CONTROLS_BUT_LINES}]*[^{_CONTROLS}{_SPACES}][^{_CONTROLS_BUT_LINES}]*$"
"""Several lines of the same kind. A carriage return before a line feed is taken too, and nobody need send one."""
