"""Where a RabbitMQ can be had on this machine."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from local.apt import can_install, install
from local.errors import SetupError
from local.progress import Progress, silent
from local.rabbitmq_docker import working_docker

_FOLDERS = ("/usr/lib/rabbitmq/bin", "/opt/rabbitmq/sbin", "/usr/local/sbin", "/usr/local/opt/rabbitmq/sbin")
_WHAT_TO_TYPE = """RabbitMQ is not on this machine, and Docker does not run here. Do one of these, then try again:
  on Debian or Ubuntu:   sudo apt-get install rabbitmq-server
                         sudo systemctl disable --now rabbitmq-server   (Praksis starts a node of its own)
  elsewhere:             install RabbitMQ 3.10 or later so that {folder} holds its scripts, or start Docker
  a broker of your own:  PRAKSIS_AMQP_URL=amqp://user:password@host:5672/vhost make run"""


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
    raise SetupError(_WHAT_TO_TYPE.format(folder=_FOLDERS[0]))


def installed_rabbitmq() -> Installed | None:
    """The machine's RabbitMQ, if it has one."""
    for folder in _FOLDERS:
        script = Path(folder) / "rabbitmq-server"
        if os.access(script, os.X_OK):
            return Installed(script)
    return None


def main() -> int:
    """See to it that there is a RabbitMQ, for the set-up; says what to type when there is no way."""
    try:
        find_rabbitmq(lambda part, message: print(f"{part}: {message}", flush=True))
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
