"""What a shell needs to know so that the command line finds the system that runs here."""

import shlex
from pathlib import Path

from local.provision import SERVICES
from local.state import CHECKOUT
from local.system import System


def write_shell_settings(system: System) -> Path:
    """Write them to a file that only its owner may read, since there are passwords in it; returns where it is."""
    file = system.state.folder / "shell.env"
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)
    lines = [f"export {name}={shlex.quote(value)}" for name, value in _settings(system).items()]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file.relative_to(CHECKOUT) if file.is_relative_to(CHECKOUT) else file


def _settings(system: System) -> dict[str, str]:
    settings = {
        "PRAKSIS_ENVIRONMENT": "development",
        "PRAKSIS_CLOCK_FILE": str(system.state.clock),
        "PRAKSIS_AMQP_URL": system.servers.amqp_url,
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
