"""A RabbitMQ node run from the machine's own installation, in a folder of the project and apart from any other node.

Distributions wrap RabbitMQ's script in one that insists on root and on the machine's configuration; the script in
RabbitMQ's own folder runs as anyone and takes all it needs from its environment.
"""

import os
import shutil
import subprocess
from pathlib import Path

from local.account import own, server_account
from local.broker import NODE_RECORDS, PLUGINS, SHARED_CONFIGURATION, STOP_SECONDS, USER, Broker, BrokerPorts
from local.errors import SetupError
from local.ports import LOOPBACK, is_listening
from local.processes import Command, Process
from local.state import Secrets

# The host part is fixed, so that the data is found again when the machine is renamed.
_NODE = "praksis@localhost"
# What that name stands for here: the machine's own table of names may lack it, or give it another address.
_NAMES = """{host, {127,0,0,1}, ["localhost"]}.
{lookup, [file, native]}.
"""


class InstalledNode(Broker):
    """The node and its name server (``epmd``), both children of this process, both on the loopback address only."""

    def __init__(self, script: Path, folder: Path, ports: BrokerPorts, secrets: Secrets) -> None:
        self._script = script
        self._folder = folder
        self._ports = ports
        self._secrets = secrets
        self._account = server_account()
        self._name_server = Process(self._name_server_command())
        self._node = Process(self._node_command())

    @property
    def process(self) -> Process:
        """The node itself."""
        return self._node

    def start(self) -> None:
        """Start the name server, then the node; does not wait for the node to be ready."""
        self._prepare()
        self._name_server.start()
        self._name_server.wait_until(lambda: is_listening(self._ports.name_server), 10)
        self._node.start()

    def stop(self) -> None:
        """Stop the node in good order, then its name server."""
        self._node.stop()
        self._name_server.stop()

    def control(self, *arguments: str) -> str:
        """Run ``rabbitmqctl`` as the account of the node, which shares its secret."""
        result = subprocess.run(
            [str(self._script.with_name("rabbitmqctl")), *arguments],
            env=self._environment(),
            cwd=self._folder / "home",
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,
            user=self._account.uid if self._account else None,
            group=self._account.gid if self._account else None,
            extra_groups=[] if self._account else None,
        )
        if result.returncode != 0:
            raise SetupError(f"RabbitMQ refused {arguments[0]}: {result.stderr.strip() or result.stdout.strip()}")
        return result.stdout

    def _prepare(self) -> None:
        for name in ("home", "data", "log", "etc"):
            (self._folder / name).mkdir(mode=0o700, exist_ok=True)
            own(self._account, self._folder / name)
        self._write("home/.erlang.cookie", self._secrets.get("erlang-cookie"), mode=0o400)
        self._write("etc/rabbitmq.conf", self._configuration())
        self._write("etc/enabled_plugins", PLUGINS.read_text())
        self._write("etc/inetrc", _NAMES)

    def _write(self, name: str, text: str, mode: int = 0o600) -> None:
        file = self._folder / name
        file.unlink(missing_ok=True)
        file.touch(mode=0o600)
        file.write_text(text)
        file.chmod(mode)
        own(self._account, file)

    def _configuration(self) -> str:
        # With a default user of one's own, the well-known guest is never made.
        return SHARED_CONFIGURATION.read_text() + "\n".join(
            [
                "",
                f"listeners.tcp.1 = {LOOPBACK}:{self._ports.amqp}",
                f"management.tcp.ip = {LOOPBACK}",
                f"management.tcp.port = {self._ports.management}",
                f"prometheus.tcp.ip = {LOOPBACK}",
                f"prometheus.tcp.port = {self._ports.prometheus}",
                f"default_user = {USER}",
                f"default_pass = {self._secrets.get('broker')}",
                "",
            ]
        )

    def _name_server_command(self) -> Command:
        return Command(
            name="RabbitMQ's name server",
            arguments=[_name_server(), "-port", str(self._ports.name_server), "-address", LOOPBACK],
            environment=self._environment(),
            # A folder that the account can list, as Erlang wants of the one it starts in.
            folder=self._folder / "home",
            log=self._folder / "name-server.log",
            record=self._folder / NODE_RECORDS[1],
            account=self._account,
        )

    def _node_command(self) -> Command:
        return Command(
            name="RabbitMQ",
            # Told so, the script becomes the node itself instead of waiting for it: one process to know and to stop.
            arguments=[str(self._script), "-noinput"],
            environment=self._environment() | {"RABBITMQ_ALLOW_INPUT": "1"},
            # A folder that the account can list, as Erlang wants of the one it starts in.
            folder=self._folder / "home",
            log=self._folder / "log" / "node.log",
            record=self._folder / NODE_RECORDS[0],
            account=self._account,
            grace=STOP_SECONDS,
        )

    def _environment(self) -> dict[str, str]:
        etc = self._folder / "etc"
        return {
            "PATH": os.environ.get("PATH", ""),
            "HOME": str(self._folder / "home"),
            "LANG": "C.UTF-8",
            "ERL_INETRC": str(etc / "inetrc"),
            "ERL_EPMD_PORT": str(self._ports.name_server),
            "ERL_EPMD_ADDRESS": LOOPBACK,
            "RABBITMQ_NODENAME": _NODE,
            "RABBITMQ_NODE_IP_ADDRESS": LOOPBACK,
            "RABBITMQ_NODE_PORT": str(self._ports.amqp),
            "RABBITMQ_DIST_PORT": str(self._ports.distribution),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "RABBITMQ_MNESIA_BASE": str(self._folder / "data"),
            "RABBITMQ_LOG_BASE": str(self._folder / "log"),
            "RABBITMQ_CONFIG_FILE": str(etc / "rabbitmq.conf"),
            # The machine's own node may be configured through these; a private one reads none of it.
            "RABBITMQ_CONFIG_FILES": str(etc / "none"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(etc / "none.config"),
            "RABBITMQ_CONF_ENV_FILE": str(etc / "none.env"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(etc / "enabled_plugins"),
        }


def _name_server() -> str:
    found = shutil.which("epmd", path=f"{os.environ.get('PATH', '')}:/usr/bin:/usr/local/bin")
    if found is not None:
        return found
    for candidate in sorted(Path("/usr/lib/erlang").glob("erts-*/bin/epmd"), reverse=True):
        return str(candidate)
    raise SetupError("Erlang's name server (epmd) was not found beside RabbitMQ. Install Erlang's base package.")
