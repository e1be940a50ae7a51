"""A projection rebuilt from what the service has received, beside a COPY of the rows that it comes to."""

from functools import partial

from benchmarks.bench import Bench, Contender
from benchmarks.outcomes import Measured, Run, ratio

NAME = "rebuild"
_COPY = "COPY of the same rows"


def measure(bench: Bench) -> Measured:
    sides = bench.take_turns(
        NAME, (Contender(NAME, partial(_rebuild, bench), ours=True), Contender(_COPY, partial(_copy, bench)))
    )
    if bench.plan.profiled:
        return Measured(NAME, tuple(sides.values()), ())
    verdict = ratio(f"rebuild / {_COPY}", sides[NAME], sides[_COPY], at_least=0.2)
    return Measured(NAME, tuple(sides.values()), (verdict,))


def _rebuild(bench: Bench) -> Run:
    with bench.place_with_queue() as place:
        bench.prepare("consuming.inbox", place)  # what is rebuilt is what the live tables have had
        bench.servers.settle()
        return bench.play(NAME, "rebuilding.rebuild", place, ours=True)


def _copy(bench: Bench) -> Run:
    with bench.place_with_tables() as place:
        return bench.play(_COPY, "rebuilding.copy", place)
