"""A loop that ends though nobody wanted it is begun anew, with pauses and with a word."""

import asyncio
from itertools import pairwise

from structlog.testing import capture_logs

from shared.events.supervision import keep_running


async def test_a_loop_that_ends_by_itself_is_told_and_begun_anew_with_pauses() -> None:
    stop, began = asyncio.Event(), []

    async def run() -> None:
        began.append(asyncio.get_running_loop().time())
        if len(began) == 3:
            stop.set()

    with capture_logs() as told:
        await asyncio.wait_for(keep_running("reading", run, stop), 10)
    ended = {"event": "ended though nobody wanted it", "log_level": "error", "loop": "reading"}
    assert told == [{**ended, "pause": 0.1}, {**ended, "pause": 0.2}]
    pauses = [later - earlier for earlier, later in pairwise(began)]
    assert all(pause >= least for pause, least in zip(pauses, (0.09, 0.19), strict=True))
