"""Two shapes of an inbox with the same effects behind them."""

from functools import partial

from benchmarks.bench import Bench, Contender
from benchmarks.measures.inbox import consume
from benchmarks.outcomes import Measured, ratio

NAME = "shapes"
_GROUPS = "group consumer"
_SUBSCRIBER = "FastStream subscriber awaiting its group"


def measure(bench: Bench) -> Measured:
    sides = bench.take_turns(
        NAME,
        (
            Contender(_GROUPS, partial(consume, bench, _GROUPS, "consuming.inbox", ours=True), ours=True),
            Contender(
                _SUBSCRIBER, partial(consume, bench, _SUBSCRIBER, "grouping.await_the_group", ours=True), ours=True
            ),
        ),
    )
    return Measured(
        NAME, tuple(sides.values()), (ratio(f"{_SUBSCRIBER} / {_GROUPS}", sides[_SUBSCRIBER], sides[_GROUPS]),)
    )
