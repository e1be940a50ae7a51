"""From a request to what it shows in another service, through all six processes, at a steady rate."""

from pathlib import Path

from benchmarks.bench import Bench, Contender
from benchmarks.child import peak_of
from benchmarks.children import Child
from benchmarks.outcomes import Measured, Run, Verdict
from benchmarks.places import Place
from benchmarks.plan import FOLDER

from local.errors import SetupError
from local.records import Record
from local.servers import SharedServers
from local.state import State
from local.system import System

NAME = "request"
PER_SECOND = 50
SECONDS = 20
_SIDE = f"{PER_SECOND} requests/s until reporting shows them"


def measure(bench: Bench) -> Measured:
    with State(FOLDER / "system") as state:
        system = System(state, SharedServers(bench.servers.postgres, bench.servers.rabbitmq, "bench_system"))
        try:
            bench.say("the six processes of Praksis are being started")
            system.start()
            system.wait_ready()
            bench.servers.settle()
            sides = bench.take_turns(NAME, (Contender(_SIDE, lambda: _requests(bench, system), ours=True),))
        finally:
            system.stop()
    side = sides[_SIDE]
    verdicts = (
        Verdict("request → projection, p50", side.median("p50 ms"), "ms"),
        Verdict("request → projection, p99", side.median("p99 ms"), "ms", at_most=100),
    )
    return Measured(NAME, (side,), verdicts)


def _requests(bench: Bench, system: System) -> Run:
    # At least a second of them, and never more than the plan has events.
    requests = max(PER_SECOND, min(PER_SECOND * SECONDS, bench.plan.events))
    with Child(
        "requests",
        "requesting.apply_again_and_again",
        Place(system.servers.database_url, "", "", ""),
        requests,
        intake_url=system.urls["intake"],
        per_second=PER_SECOND,
    ) as child:
        outcome = child.outcome(bench.plan.longest + SECONDS)
    return Run(dict(outcome.figures or {}), {"requests": child.peak, **_peaks(system)})


def _peaks(system: System) -> dict[str, float]:
    return {file.stem: peak_of(_pid(file)) for file in sorted(system.state.records.glob("*.json"))}


def _pid(record: Path) -> int:
    found = Record.read(record)
    if found is None or not found.runs():
        raise SetupError(f"{record.stem} has ended while it was measured")
    return found.pid
