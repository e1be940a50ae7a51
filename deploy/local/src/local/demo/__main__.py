"""`make demo`: loads the demo set into the system that `make run` is running, or into one that it starts."""

import argparse
import json
import signal
import sys
import time
from collections.abc import Mapping

import httpx
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from local.demo.demo import STEPS, load
from local.demo.people import People
from local.demo.tally import Tally, count
from local.errors import SetupError
from local.run import SET_UP_FAILED, as_interrupt, bring_up
from local.shell_settings import running_services
from local.state import State
from local.story.client import NeverHappened
from local.story.telling import Unexpected
from shared.clock import SimulatedClock

LOADING_FAILED = 1


def main() -> int:
    """Load; the exit status is 0, or 1 if an answer was another than expected, or 2 if Praksis could not be started."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print what is there as JSON")
    parser.add_argument("--once", action="store_true", help="where nothing runs yet: end after loading")
    options = parser.parse_args()
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, as_interrupt)
    console = Console(stderr=options.json)
    state = State.usual()
    try:
        urls = running_services(state)
        if urls is not None:
            return 0 if show(urls, SimulatedClock(state.clock), console, as_json=options.json) else LOADING_FAILED
        with state:
            return bring_up(
                state,
                console,
                lambda system, _: show(system.urls, SimulatedClock(state.clock), console, as_json=options.json),
                once=options.once,
            )
    except SetupError as error:
        console.print(f"[red]The demo set could not be loaded.[/] {escape(str(error))}")
        return SET_UP_FAILED
    except KeyboardInterrupt:
        console.print("Stopped. What is loaded stays; the next `make demo` goes on from there.")
        return 130


def show(urls: Mapping[str, str], clock: SimulatedClock, console: Console, *, as_json: bool) -> bool:
    """Load the set and print what there is; says whether every answer was the expected one."""
    people = People(urls)
    began = time.monotonic()
    try:
        loaded = _load(people, clock, console)
        done, repeated = people.done, people.repeated
        tally = count(people)
    except (Unexpected, NeverHappened) as error:
        console.print(f"   [red]✗[/] {escape(str(error))}")
        return False
    except httpx.TransportError as error:
        # A process that was ended beneath its client is started again by `make run`, and what was asked has its key.
        console.print(
            f"   [red]✗[/] A web process did not answer ({type(error).__name__}). "
            "What is loaded stays; the next `make demo` goes on from there."
        )
        return False
    finally:
        people.close()
    if as_json:
        print(json.dumps(tally, ensure_ascii=False, indent=2))
    else:
        console.print(_table(tally))
    console.print(_what_was_done(loaded, done, repeated, time.monotonic() - began))
    return True


def _load(people: People, clock: SimulatedClock, console: Console) -> bool:
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task("the demo set", total=len(STEPS), completed=-1)

        def tell(step: str) -> None:
            progress.update(bar, description=step, advance=1)

        return load(people, clock, tell)


def _table(tally: Tally) -> Table:
    table = Table("what", "state", "how many", title="The demo set", title_justify="left")
    for what, states in tally.items():
        for number, (state, many) in enumerate(states.items()):
            table.add_row("" if number else what, state, str(many))
        table.add_section()
    return table


def _what_was_done(loaded: bool, done: int, repeated: int, seconds: float) -> str:
    if not loaded:
        return "The demo set was loaded already, and nothing was done."
    before = f"; {repeated} had been done before and were not done again" if repeated else ""
    return f"The demo set is loaded: {done} things were done in {seconds:.0f} seconds{before}."


if __name__ == "__main__":
    sys.exit(main())
