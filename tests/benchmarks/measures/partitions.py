"""The inbox of a service whose events are spread over one, two or four partitions; reported, not judged.

One worker may have all of them, or each of several workers its own.
"""

import time
from contextlib import ExitStack
from functools import partial

from benchmarks.bench import Bench, Contender
from benchmarks.child import Outcome
from benchmarks.outcomes import Measured, Run, ratio

NAME = "partitions"
_ONE = "1 partition"


def measure(bench: Bench) -> Measured:
    one_worker = {_ONE: 1, "2 partitions, 1 worker": 2, "4 partitions, 1 worker": 4}
    workers = {"2 partitions, 2 workers": 2, "4 partitions, 4 workers": 4}
    sides = bench.take_turns(
        NAME,
        [
            *(Contender(name, partial(_one_worker, bench, name, number), True) for name, number in one_worker.items()),
            *(Contender(name, partial(_workers, bench, number)) for name, number in workers.items()),
        ],
    )
    verdicts = [ratio(f"{name} / {_ONE}", side, sides[_ONE]) for name, side in sides.items() if name != _ONE]
    return Measured(NAME, tuple(sides.values()), tuple(verdicts))


def _one_worker(bench: Bench, name: str, partitions: int) -> Run:
    with bench.place_with_queue(partitions) as place:
        run = bench.play(name, "consuming.inbox", place, ours=True)
        bench.require_all_taken(place, partitions)
        return run


def _workers(bench: Bench, partitions: int) -> Run:
    with bench.place_with_queue(partitions) as place, ExitStack() as running:
        workers = [
            running.enter_context(bench.child(f"worker-{number}", "consuming.share", place, number=number))
            for number in range(1, partitions + 1)
        ]
        for worker in workers:
            worker.wait_ready()
        began = time.monotonic()
        for worker in workers:
            worker.go()
        ends = [worker.outcome(bench.plan.longest, beside=workers).ended for worker in workers]
        bench.require_all_taken(place, partitions)
        return bench.run_of(Outcome(began, min(ends)), {worker.name: worker.peak for worker in workers})
