"""Saying that the machine has enough to read for the moment."""

from datetime import timedelta

from shared.errors import NotNow


def too_busy() -> NotNow:
    """What is raised where a file was not read since so many others are being read."""
    return NotNow("too-busy", timedelta(seconds=10))
