"""A process that was told to stop is gone within ten seconds, since supervisors commonly wait no longer."""

import os
from threading import Timer

import structlog

log = structlog.get_logger(__name__)

DRAIN_WITHIN = 6.5
"""Seconds in which what is in hand may be finished after the word to stop; then it goes back to where it came from."""
LET_GO_WITHIN = 0.5
"""Seconds in which what is broken off then may give back what it holds."""
TRACES_WITHIN = 2.0
"""Seconds in which the last traces may be sent; they are the least."""
GONE_WITHIN = 9.5
"""Seconds after which the process is ended, whatever still hangs."""


def be_gone(within: float = GONE_WITHIN) -> None:
    """Let this process end so many seconds from now at the latest. What is not finished by then is as after a crash."""
    timer = Timer(within, _end)
    timer.daemon = True
    timer.start()


def _end() -> None:
    log.warning("ended, though not everything was finished")
    os._exit(1)
