"""The whole path in processes of their own: a service writes, its worker relays, another's worker keeps a projection.

Measured from the first write to the last effect that can be seen, beside the same writes with no events at all, and
beside what others would take for it: a task queue, whose worker has the effect.
"""

from functools import partial

from benchmarks.bench import Bench, Contender
from benchmarks.child import Outcome
from benchmarks.outcomes import RATE, Measured, Run, fastest, ratio
from benchmarks.sides.working import WORKERS

NAME = "whole"
_PATH = "write, relay, project"
_WRITES = "the same writes without events"
_QUEUES = {
    "Dramatiq, sent after the commit": "by_dramatiq",
    "Celery, delayed after the commit": "by_celery",
    "procrastinate, in the same transaction": "by_procrastinate",
}

_STARTING = 180.0
"""Seconds in which a tool's worker must be ready: it starts processes of its own, one after the other."""


def measure(bench: Bench) -> Measured:
    sides = bench.take_turns(
        NAME,
        (
            Contender(_PATH, partial(_whole_path, bench), ours=True),
            Contender(_WRITES, partial(_only_writes, bench)),
            *(Contender(name, partial(_by_tasks, bench, side)) for name, side in _QUEUES.items()),
        ),
    )
    if bench.plan.profiled:
        return Measured(NAME, tuple(sides.values()), ())
    queues = [sides[name] for name in _QUEUES]
    best = fastest(queues)
    verdicts = (
        ratio(f"{_PATH} / {_WRITES}", sides[_PATH], sides[_WRITES], at_least=0.55),
        ratio(f"{_PATH} / the best of {len(queues)}: {best.name}", sides[_PATH], best, at_least=1.5),
        *(ratio(f"{_PATH} / {each.name}", sides[_PATH], each) for each in queues if each is not best),
    )
    return Measured(NAME, tuple(sides.values()), verdicts)


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
        return _run(bench, wrote, projected, peaks)


def _only_writes(bench: Bench) -> Run:
    with bench.place_with_tables() as place:
        return bench.play(_WRITES, "writing.write", place, with_events=False)


def _by_tasks(bench: Bench, side: str) -> Run:
    with bench.place_with_tables() as place:
        bench.prepare(f"{side}.prepare", place, peers=True)
        with bench.child(f"{side}-worker", f"{side}.work", place, peers=True) as worker:
            worker.wait_ready(_STARTING)
            with bench.child(f"{side}-writer", f"{side}.write", place, peers=True) as writer:
                wrote = writer.outcome(bench.plan.longest, beside=(worker,))
            took_effect = worker.outcome(bench.plan.longest)
        figures = took_effect.figures or {}
        return _run(bench, wrote, took_effect, {writer.name: writer.peak, worker.name: figures[WORKERS]})


def _run(bench: Bench, wrote: Outcome, seen: Outcome, peaks: dict[str, float]) -> Run:
    path = bench.run_of(Outcome(wrote.began, seen.ended), peaks)
    return Run({**path.figures, f"written {RATE}": bench.rate(wrote)}, peaks)
