"""The command `praksis`."""

import logging
import os
import sys
import traceback
from io import TextIOWrapper

import structlog
import typer
from structlog.typing import EventDict

from praksis import contracts_commands, programmes_commands
from praksis.errors import FAILED, CommandError
from praksis.events import commands as events_commands
from praksis.failures import commands as failures_commands
from praksis.output import give_up_what_cannot_be_written, say
from praksis.status_command import status

EXIT_CODES = "Ends with 0: done · 1: the answer is no, or something failed · 2: wrong usage · 3: cannot be reached."

app = typer.Typer(
    name="praksis",
    help="Praksis from the outside: its events, what has failed, and whether all is well.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(events_commands.app, name="events")
app.add_typer(failures_commands.app, name="failures")
app.command()(status)
app.add_typer(contracts_commands.app, name="contracts")
app.add_typer(programmes_commands.app, name="programmes")


def main() -> None:
    """Run the command of this process's arguments; the exit status says how it went."""
    _let_only_us_speak()
    try:
        app(prog_name="praksis")
    except CommandError as error:
        say(str(error))
        sys.exit(error.status)
    except OSError as error:
        say(f"Something could not be read or written: {error.strerror or type(error).__name__}.")
        give_up_what_cannot_be_written()
        sys.exit(FAILED)
    except Exception as error:
        if os.environ.get("PRAKSIS_LOG_LEVEL") == "DEBUG":
            traceback.print_exc()
        say(f"Something unexpected went wrong: {type(error).__name__}. PRAKSIS_LOG_LEVEL=DEBUG shows where.")
        sys.exit(FAILED)


def _let_only_us_speak() -> None:
    """Libraries log what they are connected to and how; that is not for the terminal, where secrets must not be.

    Of the kernel's own log, which holds none, warnings are told.
    """
    logging.getLogger().addHandler(logging.NullHandler())
    structlog.configure(
        processors=[_tell],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.ReturnLoggerFactory(),
    )
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _tell(_logger: object, _method: str, line: EventDict) -> str:
    say(f"{line['event']}.".capitalize())
    return ""
