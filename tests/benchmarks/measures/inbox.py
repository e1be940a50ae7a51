"""From a full queue to effects exactly once, beside a consumer without a database and a plain handler."""

from functools import partial

from benchmarks.bench import Bench, Contender
from benchmarks.outcomes import Measured, Run, ratio

NAME = "inbox"
_DECIDES = "inbox, a handler that decides"
_RAW = "raw consumer, no database"
_HANDLER = "FastStream handler, a transaction per message"


def measure(bench: Bench) -> Measured:
    sides = bench.take_turns(
        NAME,
        (
            Contender(NAME, partial(consume, bench, NAME, "consuming.inbox", ours=True), ours=True),
            Contender(_DECIDES, partial(consume, bench, _DECIDES, "consuming.deciding_inbox", ours=True), ours=True),
            Contender(_RAW, partial(consume, bench, _RAW, "consuming.consume_raw")),
            Contender(_HANDLER, partial(consume, bench, _HANDLER, "consuming.handle_one_by_one")),
        ),
    )
    if bench.plan.profiled:
        return Measured(NAME, tuple(sides.values()), ())
    verdicts = (
        ratio(f"inbox / {_RAW}", sides[NAME], sides[_RAW], at_least=0.6),
        ratio(f"{_DECIDES} / {_RAW}", sides[_DECIDES], sides[_RAW]),
        ratio(f"inbox / {_HANDLER}", sides[NAME], sides[_HANDLER], at_least=4),
    )
    return Measured(NAME, tuple(sides.values()), verdicts)


def consume(bench: Bench, name: str, side: str, *, ours: bool = False) -> Run:
    """One run of a side that empties the queue."""
    with bench.place_with_queue() as place:
        run = bench.play(name, side, place, ours=ours)
        bench.require_all_taken(place)
        return run
