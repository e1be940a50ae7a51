"""Graceful shutdown: a process that was told to stop ends within ten seconds, as supervisors commonly wait no
longer."""

import os
from threading import Timer

import structlog

log = structlog.get_logger(__name__)

DRAIN_WITHIN = 6.5
"""Seconds for finishing work in hand after the signal to stop; the rest is cancelled and goes back to where it came
from."""
LET_GO_WITHIN = 0.5
"""Seconds that cancelled work has to release what it holds."""
TRACES_WITHIN = 2.0
"""Seconds for exporting the last spans; short, since spans matter least."""
GONE_WITHIN = 9.5
"""Seconds after which the process is ended by force."""


def be_gone(within: float = GONE_WITHIN) -> None:
    """End this process after so many seconds by force, if it has not ended before. Unfinished work is then as after a
    crash."""
    timer = Timer(within, _end)
    timer.daemon = True
    timer.start()


def _end() -> None:
    log.warning("ended, though not everything was finished")
    os._exit(1)
