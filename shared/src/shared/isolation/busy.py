"""The refusal when the machine is reading too many files."""

from datetime import timedelta

from shared.errors import NotNow


def too_busy() -> NotNow:
    """The refusal for a file that was not read because too many others are being read."""
    return NotNow("too-busy", timedelta(seconds=10))
