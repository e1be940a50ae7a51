"""The whole path in three processes: a service writes, its worker relays, another's worker keeps a projection.

Measured from the first write to the last effect that can be seen, beside the same writes with no events at all.
"""

from functools import partial

from benchmarks.bench import Bench, Contender
from benchmarks.child import Outcome
from benchmarks.outcomes import RATE, Measured, Run, ratio

NAME = "whole"
_PATH = "write, relay, project"
_WRITES = "the same writes without events"


def measure(bench: Bench) -> Measured:
    sides = bench.take_turns(
        NAME,
        (Contender(_PATH, partial(_whole_path, bench), ours=True), Contender(_WRITES, partial(_only_writes, bench))),
    )
    if bench.plan.profiled:
        return Measured(NAME, tuple(sides.values()), ())
    verdict = ratio(f"{_PATH} / {_WRITES}", sides[_PATH], sides[_WRITES], at_least=0.7)
    return Measured(NAME, tuple(sides.values()), (verdict,))


def _whole_path(bench: Bench) -> Run:
    with (
        bench.place_with_tables() as place,
        bench.child("whole-relay", "relaying.relay_until_stopped", place, ours=True) as relay,
        bench.child("whole-projection", "consuming.inbox", place, ours=True) as projection,
    ):
        relay.wait_ready()
        projection.wait_ready()
        with bench.child("whole-writer", "writing.write", place, ours=True, with_events=True) as writer:
            wrote = writer.outcome(bench.plan.longest, beside=(relay, projection))
        projected = projection.outcome(bench.plan.longest, beside=(relay,))
        relay.stop()
        peaks = {child.name: child.peak for child in (writer, relay, projection)}
        path = bench.run_of(Outcome(wrote.began, projected.ended), peaks)
        return Run({**path.figures, f"written {RATE}": bench.rate(wrote)}, peaks)


def _only_writes(bench: Bench) -> Run:
    with bench.place_with_tables() as place:
        return bench.play(_WRITES, "writing.write", place, with_events=False)
