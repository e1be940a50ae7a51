"""What every measure stands on: places that are ready, and sides that take turns."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import broker, kernel
from benchmarks.child import Outcome
from benchmarks.children import Child
from benchmarks.outcomes import RATE, Run, Side
from benchmarks.places import Place
from benchmarks.plan import Plan, profile_file
from benchmarks.servers import BenchServers
from rich.console import Console
from rich.markup import escape

TABLES = "bench_tables"
LOG = "bench_log"


@dataclass(frozen=True, slots=True)
class Contender:
    """One side of a measure and how to run it once. Only `ours` are profiled."""

    name: str
    run: Callable[[], Run]
    ours: bool = False


class Bench:
    """One benchmark on its servers."""

    def __init__(self, plan: Plan, servers: BenchServers, console: Console) -> None:
        self.plan = plan
        self.servers = servers
        self.mean_size = 0.0
        self.profiles: list[Path] = []
        self._console = console
        self._templates: set[str] = set()

    def take_turns(self, measure: str, contenders: Sequence[Contender]) -> dict[str, Side]:
        """Run every side once, then every side again, so that a moment's noise meets all of them."""
        taking_part = [each for each in contenders if each.ours or not self.plan.profiled]
        runs: dict[str, list[Run]] = {each.name: [] for each in taking_part}
        for number in range(1, self.plan.runs + 1):
            for contender in taking_part:
                run = contender.run()
                runs[contender.name].append(run)
                figures = ", ".join(f"{value:,.0f} {name}" for name, value in run.figures.items())
                self.say(f"{measure:<11} {number}/{self.plan.runs}  {contender.name}: {figures}")
        return {name: Side(name, tuple(found)) for name, found in runs.items()}

    def say(self, sentence: str) -> None:
        """Tell the one who waits how far it is."""
        self._console.print(f"   [dim]{escape(sentence)}[/]", highlight=False, soft_wrap=True)

    def child(self, name: str, side: str, place: Place, *, ours: bool = False, **options: Any) -> Child:
        """A process for one side; one of ours is profiled if that was asked for, under its name."""
        profile = None
        if ours and self.plan.profiled:
            profile = profile_file(name)
            profile.unlink(missing_ok=True)
            if profile not in self.profiles:
                self.profiles.append(profile)
        return Child(name, side, place, self.plan.events, profile=profile, **options)

    def play(self, name: str, side: str, place: Place, *, ours: bool = False, **options: Any) -> Run:
        """Run one side that is one process; its rate is that of the events between its begin and its end."""
        with self.child(name, side, place, ours=ours, **options) as child:
            outcome = child.outcome(self.plan.longest)
        return self.run_of(outcome, {name: child.peak})

    def run_of(self, outcome: Outcome, peaks: dict[str, float]) -> Run:
        """What all events between the begin and the end of an outcome come to."""
        return Run({RATE: self.rate(outcome)}, peaks)

    def rate(self, outcome: Outcome) -> float:
        """All events by the seconds of an outcome."""
        return self.plan.events / (outcome.ended - outcome.began)

    def prepare(self, side: str, place: Place, **options: Any) -> Outcome:
        """Run what must be there before, in a process of its own that nobody measures."""
        with Child(f"preparing {side.rpartition('.')[2]}", f"{side}", place, self.plan.events, **options) as child:
            return child.outcome(self.plan.longest)

    @contextmanager
    def place_with_tables(self) -> Iterator[Place]:
        """A place with the benchmark's tables and the consumer's queue, all of them empty."""
        self._make_tables()
        with self.servers.place(TABLES) as place:
            self.prepare("preparing.queues", place)
            yield place

    @contextmanager
    def place_with_log(self, partitions: int = 1) -> Iterator[Place]:
        """The same with a log full of events that nobody has sent yet."""
        self._make_log()
        with self.servers.place(LOG) as place:
            self.prepare("preparing.queues", place, partitions=partitions)
            yield place

    @contextmanager
    def place_with_queue(self, partitions: int = 1) -> Iterator[Place]:
        """The same with all of these events in the consumer's queue."""
        with self.place_with_log(partitions) as place:
            self.prepare("relaying.publish_raw", place)
            self.require_all_sent(place, partitions)
            self.servers.settle()
            yield place

    def require_all_sent(self, place: Place, partitions: int = 1) -> None:
        """Raises RuntimeError unless the consumer's queues hold every event once."""
        broker.require_messages(place.amqp_url, kernel.queues(partitions), self.plan.events)

    def require_all_taken(self, place: Place, partitions: int = 1) -> None:
        """Raises RuntimeError unless the consumer's queues are empty."""
        broker.require_messages(place.amqp_url, kernel.queues(partitions), 0)

    def _make_tables(self) -> None:
        if TABLES not in self._templates:
            with self.servers.new_template(TABLES) as place:
                self.prepare("preparing.tables", place)
            self._templates.add(TABLES)

    def _make_log(self) -> None:
        if LOG not in self._templates:
            with self.servers.new_template(LOG) as place:
                self.prepare("preparing.tables", place)
                figures = self.prepare("preparing.log", place).figures or {}
                self.mean_size = figures["mean size"]
            self.say(f"the log holds {self.plan.events:,} events of {self.mean_size:.0f} bytes")
            self._templates.add(LOG)
