"""A RabbitMQ node in a container of the official image, where the machine has no RabbitMQ but runs Docker."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from local.broker import NODE_RECORDS, PLUGINS, SHARED_CONFIGURATION, STOP_SECONDS, USER, Broker, BrokerPorts
from local.errors import SetupError
from local.ports import LOOPBACK
from local.processes import Command, Process
from local.state import Secrets

IMAGE = "rabbitmq:4-management"


class ContainerNode(Broker):
    """The node as a container that is removed when it stops; its data stays in a volume named after the folder."""

    def __init__(self, docker: Path, folder: Path, ports: BrokerPorts, secrets: Secrets) -> None:
        self._docker = docker
        self._folder = folder
        self._ports = ports
        self._secrets = secrets
        self._name = container_name(folder)
        self._client = Process(self._command())

    @property
    def process(self) -> Process:
        """Docker's client, which passes the signal to stop on to the container and ends with it."""
        return self._client

    def start(self) -> None:
        """Start the container without waiting for the node in it to be ready."""
        self._remove()
        self._fetch_image()
        self._client.start()

    def stop(self) -> None:
        """Stop the container, which removes it."""
        self._client.stop()
        self._remove()

    def control(self, *arguments: str) -> str:
        """Run ``rabbitmqctl`` in the container."""
        result = subprocess.run(
            [str(self._docker), "exec", self._name, "rabbitmqctl", *arguments],
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode != 0:
            raise SetupError(f"RabbitMQ refused {arguments[0]}: {result.stderr.strip() or result.stdout.strip()}")
        return result.stdout

    def _fetch_image(self) -> None:
        if _quietly(self._docker, "image", "inspect", IMAGE):
            return
        if not _quietly(self._docker, "pull", IMAGE, seconds=None):
            raise SetupError(f"Docker could not fetch the image of RabbitMQ. To see why, type: docker pull {IMAGE}")

    def _remove(self) -> None:
        _quietly(self._docker, "rm", "--force", self._name)

    def _command(self) -> Command:
        published = {5672: self._ports.amqp, 15672: self._ports.management, 15692: self._ports.prometheus}
        ports = [part for inner, outer in published.items() for part in ("-p", f"{LOOPBACK}:{outer}:{inner}")]
        mounts = [
            *("-v", f"{self._name}:/var/lib/rabbitmq"),
            *("-v", f"{SHARED_CONFIGURATION}:/etc/rabbitmq/conf.d/20-praksis.conf:ro"),
            *("-v", f"{PLUGINS}:/etc/rabbitmq/enabled_plugins:ro"),
        ]
        # Named without their values, which Docker takes from its own environment: nothing secret on a command line.
        variables = ["-e", "RABBITMQ_DEFAULT_USER", "-e", "RABBITMQ_DEFAULT_PASS", "-e", "RABBITMQ_NODENAME"]
        options = ["--rm", "--init", "--name", self._name, "--hostname", "praksis"]
        return Command(
            name="RabbitMQ's container",
            arguments=[str(self._docker), "run", *options, *ports, *mounts, *variables, IMAGE],
            environment={
                **os.environ,
                "RABBITMQ_DEFAULT_USER": USER,
                "RABBITMQ_DEFAULT_PASS": self._secrets.get("broker"),
                "RABBITMQ_NODENAME": "praksis@localhost",
            },
            folder=self._folder,
            log=self._folder / "container.log",
            record=self._folder / NODE_RECORDS[0],
            grace=STOP_SECONDS,
        )


def working_docker() -> Path | None:
    """Docker's client, if there is one and an engine answers it."""
    found = shutil.which("docker")
    return Path(found) if found is not None and _quietly(Path(found), "info") else None


def remove_container(folder: Path) -> None:
    """Remove the container and the volume of a node that kept its state in this folder."""
    docker = working_docker()
    if docker is not None:
        _quietly(docker, "rm", "--force", container_name(folder))
        _quietly(docker, "volume", "rm", "--force", container_name(folder))


def container_name(folder: Path) -> str:
    """The name of the container and of its volume: one per folder."""
    return f"praksis-rabbitmq-{hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]}"


def _quietly(docker: Path, *arguments: str, seconds: float | None = 60) -> bool:
    try:
        result = subprocess.run([str(docker), *arguments], capture_output=True, timeout=seconds, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return result.returncode == 0
