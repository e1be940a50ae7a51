"""Where a RabbitMQ can be had on this machine."""

import os
from dataclasses import dataclass
from pathlib import Path

from local.apt import can_install, install
from local.errors import SetupError
from local.progress import Progress, silent
from local.rabbitmq_docker import working_docker

_FOLDERS = ("/usr/lib/rabbitmq/bin", "/opt/rabbitmq/sbin", "/usr/local/sbin", "/usr/local/opt/rabbitmq/sbin")
RABBITMQ_ELSEWHERE = f"""install RabbitMQ 3.10 or later so that {_FOLDERS[0]} holds its scripts, or start Docker,
    or name a broker of your own: PRAKSIS_AMQP_URL=amqp://user:password@host:5672/vhost make run"""


@dataclass(frozen=True)
class Installed:
    """RabbitMQ's own start script, not the distribution's wrapper around it."""

    script: Path


@dataclass(frozen=True)
class Docker:
    """Docker's client, with an engine that answers it."""

    client: Path


def find_rabbitmq(progress: Progress = silent) -> Installed | Docker:
    """The machine's RabbitMQ; if there is none, one installed now (root on Debian or Ubuntu), else Docker's.

    Raises SetupError saying what to type when there is no way.
    """
    installed = installed_rabbitmq()
    if installed is None and can_install():
        progress("rabbitmq", "installing the distribution's rabbitmq-server")
        install("rabbitmq-server")
        installed = installed_rabbitmq()
    if installed is not None:
        return installed
    docker = working_docker()
    if docker is not None:
        return Docker(docker)
    raise SetupError(
        f"RabbitMQ is not on this machine, and Docker does not run here. Type: make setup\nor {RABBITMQ_ELSEWHERE}"
    )


def installed_rabbitmq() -> Installed | None:
    """The machine's RabbitMQ, if it has one."""
    for folder in _FOLDERS:
        script = Path(folder) / "rabbitmq-server"
        if os.access(script, os.X_OK):
            return Installed(script)
    return None
