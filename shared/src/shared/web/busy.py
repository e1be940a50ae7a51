"""Saying that the machine has enough to read for the moment."""

from shared.errors import Problem


def too_busy() -> Problem:
    """What is raised where a file was not read since so many others are being read."""
    return Problem("too-busy", 429, headers={"Retry-After": "10"})
