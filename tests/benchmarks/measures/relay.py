"""From the log to the broker's confirmation, beside what a raw publisher reaches and what another relay does."""

from functools import partial
from typing import Any

from benchmarks.bench import Bench, Contender
from benchmarks.outcomes import Measured, Run, ratio

NAME = "relay"
_RAW = "raw publisher, 500 in flight"
_OUTBOX = "faststream-outbox, 8 workers"
_TUNED = "faststream-outbox, 8 workers, in batches"
_BATCHES = {"fetch_batch_size": 500, "terminal_flush_batch_size": 50}


def measure(bench: Bench) -> Measured:
    sides = bench.take_turns(
        NAME,
        (
            Contender(NAME, partial(_log, bench, NAME, "relaying.relay", ours=True), ours=True),
            Contender(_RAW, partial(_log, bench, _RAW, "relaying.publish_raw")),
            Contender(_OUTBOX, partial(_outbox, bench, _OUTBOX, {})),
            Contender(_TUNED, partial(_outbox, bench, _TUNED, _BATCHES)),
        ),
    )
    if bench.plan.profiled:
        return Measured(NAME, tuple(sides.values()), ())
    verdicts = (
        ratio(f"relay / {_RAW}", sides[NAME], sides[_RAW], at_least=0.7),
        ratio(f"relay / {_OUTBOX}", sides[NAME], sides[_OUTBOX], at_least=4),
        ratio(f"relay / {_TUNED}", sides[NAME], sides[_TUNED]),
    )
    return Measured(NAME, tuple(sides.values()), verdicts)


def _log(bench: Bench, name: str, side: str, *, ours: bool = False) -> Run:
    with bench.place_with_log() as place:
        run = bench.play(name, side, place, ours=ours)
        bench.require_all_sent(place)
        return run


def _outbox(bench: Bench, name: str, options: dict[str, Any]) -> Run:
    with bench.place_with_log() as place:
        bench.prepare("outbox.fill", place, peers=True)
        bench.servers.settle()
        run = bench.play(name, "outbox.relay", place, peers=True, **options)
        bench.require_all_sent(place)
        return run
