"""`make run`: brings Praksis up on this machine, plays the story through its API, and goes on serving."""

import argparse
import signal
import sys
import time
from collections.abc import Callable
from types import FrameType

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from local.errors import SetupError
from local.mail_sink import MailSink
from local.shell_settings import forget_shell_settings, write_shell_settings
from local.state import State
from local.story.client import NeverHappened
from local.story.stage import Stage
from local.story.story import Story
from local.story.telling import Teller, Unexpected
from local.story.traces import SpanReceiver
from local.system import System
from shared.clock import SimulatedClock
from shared.identity import LocalPersonas

STORY_FAILED = 1
SET_UP_FAILED = 2


def main() -> int:
    """Run; the exit status is 0, or 1 if the story went otherwise than told, or 2 if Praksis could not be started."""
    parser = argparse.ArgumentParser(prog="make run", description=__doc__)
    parser.add_argument("--once", action="store_true", help="end after the story instead of serving on")
    once: bool = parser.parse_args().once
    for stop in (signal.SIGINT, signal.SIGTERM):  # also where a shell has started us with SIGINT ignored
        signal.signal(stop, as_interrupt)
    console = Console()
    try:
        with State.usual() as state:
            return bring_up(state, console, lambda system, spans: _tell(system, spans, console), once=once)
    except SetupError as error:
        console.print(f"[red]Praksis could not be started.[/] {escape(str(error))}")
        return SET_UP_FAILED
    except KeyboardInterrupt:
        console.print("Stopped.")
        return 0 if not once else 130


def bring_up(state: State, console: Console, play: Callable[[System, SpanReceiver], bool], *, once: bool) -> int:
    """Start everything, `play`, and go on serving unless it is for `once`; the exit status says how it went.

    The caller holds the lock of `state`. Raises SetupError.
    """
    forget_shell_settings(state)
    spans = SpanReceiver()
    spans.start()
    mails = MailSink(state.folder / "mail")
    mails.start()
    system = System(
        state,
        environment={"OTEL_EXPORTER_OTLP_ENDPOINT": spans.endpoint, "PRAKSIS_MAIL_SERVER": mails.url},
        progress=lambda part, what: console.print(f"   [dim]{part:<18}[/] {escape(what)}"),
    )
    try:
        console.print("[bold]Praksis[/] is being started")
        system.start()
        system.wait_ready()
        if not play(system, spans):
            return STORY_FAILED
        if not once:
            _serve(system, mails, console)
        return 0
    finally:
        _finish(system, mails, spans)


def _tell(system: System, spans: SpanReceiver, console: Console) -> bool:
    story = Story(Stage(system.urls, SimulatedClock(system.state.clock), Teller(console)), spans)
    began = time.monotonic()
    try:
        story.play()
    except (Unexpected, NeverHappened) as error:
        console.print(f"   [red]✗[/] {escape(str(error))}")
        return False
    console.print(f"\nThe story took {time.monotonic() - began:.0f} seconds, and every outcome was the expected one.")
    return True


def _serve(system: System, mails: MailSink, console: Console) -> None:
    title = "Praksis is running; Ctrl-C stops it"
    addresses = Table("service", "address", "numbers of its worker", title=title, title_justify="left")
    for service, url in system.urls.items():
        addresses.add_row(service, url, f"{system.monitor_urls[service]}/metrics")
    console.print(addresses)
    names = Table("sign in as", "who", title="Local sign-in names", title_justify="left")
    for choice in LocalPersonas("development").begin("/"):
        names.add_row(choice.value, f"{choice.name} ({', '.join(choice.roles)})")
    console.print(names)
    console.print(f"E-mails leave this machine for nowhere; each is a file in {escape(str(mails.folder))}")
    shell = write_shell_settings(system)
    console.print(f"For the command line, in another terminal: . {shell}, then .venv/bin/praksis status")
    console.print("For a system full of applications in every state, in another terminal: make demo")
    while True:
        time.sleep(1)
        for name in system.bring_back():
            console.print(f"[yellow]{name} has ended and is started again[/]")


def _finish(system: System, mails: MailSink, spans: SpanReceiver) -> None:
    # A second Ctrl-C while everything is being put away would leave processes behind.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    forget_shell_settings(system.state)
    system.stop()
    mails.stop()
    spans.stop()


def as_interrupt(number: int, frame: FrameType | None) -> None:
    """End as Ctrl-C does, whatever the signal."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
