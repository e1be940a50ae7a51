"""`make bench`: measures Praksis beside its limits and beside other tools, on servers of its own."""

import argparse
import signal
import sys
from collections.abc import Callable, Sequence
from types import FrameType

from benchmarks.bench import Bench
from benchmarks.children import ChildFailed
from benchmarks.machine import describe
from benchmarks.measures import MEASURES
from benchmarks.outcomes import Measured, Unmeasured
from benchmarks.plan import FOLDER, LOGS, RESULTS, Plan
from benchmarks.report import WIDTH, as_json, show, show_profile
from benchmarks.servers import BenchServers
from rich.console import Console
from rich.markup import escape

from local.clean import wipe
from local.errors import SetupError
from local.state import State

SOMETHING_UNMEASURED = 1
SET_UP_FAILED = 2
INTERRUPTED = 130


def main() -> int:
    """Measure; the exit status is 0 when everything could be measured, whether or not it reaches what it is to reach.

    It is 1 when a measure could not be taken, and 2 when nothing could.
    """
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, _as_interrupt)
    plan = _plan(sys.argv[1:])
    try:
        return _run(plan, console)
    except SetupError as error:
        console.print(f"[red]The benchmark could not be started.[/] {escape(str(error))}", soft_wrap=True)
        return SET_UP_FAILED
    except KeyboardInterrupt:
        console.print("Stopped.")
        return INTERRUPTED


def _plan(arguments: Sequence[str]) -> Plan:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--events", type=_at_least(100), default=20_000, help="events per run")
    parser.add_argument("--runs", type=_at_least(1), default=3, help="runs per side, of which the median counts")
    parser.add_argument("--only", type=_measures, default=tuple(MEASURES), help=f"some of {', '.join(MEASURES)}")
    parser.add_argument("--profile", action="store_true", help="profile our processes in one run, without any peers")
    given = parser.parse_args(arguments)
    return Plan(given.events, 1 if given.profile else given.runs, given.only, given.profile)


def _run(plan: Plan, console: Console) -> int:
    LOGS.mkdir(parents=True, exist_ok=True)
    with State(FOLDER) as state:
        wipe(state)
        servers = BenchServers(state, lambda part, what: console.print(f"   [dim]{part:<11} {escape(what)}[/]"))
        try:
            console.print("[bold]The benchmark's servers[/] are being started")
            servers.start()
            machine = describe(servers)
            console.print(", ".join(f"{name} {value}" for name, value in machine.items()), soft_wrap=True)
            bench = Bench(plan, servers, console)
            measured, unmeasured = _measure(bench, console)
        finally:
            _put_away(servers, state)
    show(console, measured, unmeasured)
    for profile in bench.profiles:
        if profile.exists():
            show_profile(console, profile)
    RESULTS.write_text(as_json(plan, machine, bench.mean_size, measured, unmeasured), encoding="utf-8")
    console.print(f"\n{_size_in_words(bench)}Every run is in {RESULTS.parent.name}/{RESULTS.name}.", soft_wrap=True)
    return SOMETHING_UNMEASURED if unmeasured else 0


def _measure(bench: Bench, console: Console) -> tuple[list[Measured], list[Unmeasured]]:
    measured, unmeasured = [], []
    for name in bench.plan.measures:
        console.print(f"[bold]{name}[/]")
        try:
            measured.append(MEASURES[name](bench))
        except (ChildFailed, SetupError) as error:
            unmeasured.append(Unmeasured(name, str(error)))
        except Exception as error:  # one measure's failure is told at the end, and no other's
            unmeasured.append(Unmeasured(name, f"{type(error).__name__}: {error}"))
    return measured, unmeasured


def _put_away(servers: BenchServers, state: State) -> None:
    # A second Ctrl-C while everything is being put away would leave processes behind.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    servers.stop()
    wipe(state)


def _size_in_words(bench: Bench) -> str:
    return f"{bench.plan.events:,} events of {bench.mean_size:.0f} bytes each. " if bench.mean_size else ""


def _at_least(least: int) -> Callable[[str], int]:
    def number(word: str) -> int:
        if not word.isdecimal() or int(word) < least:
            raise argparse.ArgumentTypeError(f"a whole number of at least {least}")
        return int(word)

    return number


def _measures(words: str) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(word.strip() for word in words.split(",")))
    if unknown := [word for word in wanted if word not in MEASURES]:
        raise argparse.ArgumentTypeError(f"there is no {', '.join(unknown)}, only {', '.join(MEASURES)}")
    return wanted


def _as_interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
