"""What a shell needs to know so that the command line finds the system that runs here."""

import shlex
from pathlib import Path

from local.errors import AlreadyRuns, SetupError
from local.private_files import write_private
from local.provision import SERVICES
from local.servers import OF_A_RUN
from local.state import CHECKOUT, State
from local.system import System


def running_services(state: State) -> dict[str, str] | None:
    """The address of each service of the system that runs from this folder; nothing where none does.

    Raises SetupError while it is being started, and when another user's system is in the folder.
    """
    try:
        with state:
            return None
    except AlreadyRuns:
        pass
    try:
        text = _file(state).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SetupError(
            "Praksis is being started. Wait until it says that it is running, and do this again."
        ) from None
    settings = dict(word.split("=", 1) for word in shlex.split(text) if "=" in word)
    return {service: settings[f"PRAKSIS_{service.upper()}_URL"] for service in SERVICES}


def forget_shell_settings(state: State) -> None:
    """Remove them: they are there while a system serves, and at no other time."""
    _file(state).unlink(missing_ok=True)


def write_shell_settings(system: System) -> Path:
    """Write them to a file that only its owner may read, since there are passwords in it; returns where it is."""
    file = _file(system.state)
    lines = [f"export {name}={shlex.quote(value)}" for name, value in _settings(system).items()]
    write_private(file, ("\n".join(lines) + "\n").encode())
    return file.relative_to(CHECKOUT) if file.is_relative_to(CHECKOUT) else file


def _file(state: State) -> Path:
    return state.folder / "shell.env"


def _settings(system: System) -> dict[str, str]:
    settings = {
        "PRAKSIS_ENVIRONMENT": "development",
        "PRAKSIS_CLOCK_FILE": str(system.state.clock),
        "PRAKSIS_AMQP_URL": system.servers.amqp_url,
        OF_A_RUN: system.servers.amqp_url,
    }
    for service in SERVICES:
        own = service.upper()
        settings |= {
            f"PRAKSIS_{own}_URL": system.urls[service],
            f"{own}_MONITOR_URL": system.monitor_urls[service],
            f"{own}_DATABASE_URL": system.database_url(service),
            f"{own}_AMQP_URL": system.servers.amqp_url,
        }
    return settings
