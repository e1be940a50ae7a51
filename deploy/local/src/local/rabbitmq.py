"""A private RabbitMQ in a folder of the project: its own name, ports, data, plugins and user."""

from pathlib import Path
from urllib.parse import quote

import httpx

from local.account import server_account
from local.broker import NODE_RECORDS, STOP_SECONDS, USER, Broker, BrokerPorts
from local.errors import SetupError
from local.passage import let_through, make_passable
from local.ports import LOOPBACK, RememberedPorts
from local.progress import Progress, silent
from local.rabbitmq_docker import ContainerNode
from local.rabbitmq_found import Docker, Installed, find_rabbitmq
from local.rabbitmq_node import InstalledNode
from local.records import end_leftover
from local.state import Secrets

_START_SECONDS = 120.0


class PrivateRabbitMQ:
    """A broker of one's own: data, log, ports and password live in ``folder``, and are found there again.

    Its only user is ``praksis``; the guest that every installation knows does not exist. ``durable=False`` says that
    nobody will want its data after a stop, which then takes no time; it is for tests.
    """

    name = "rabbitmq"

    def __init__(self, folder: Path, *, durable: bool = True, progress: Progress = silent) -> None:
        self.folder = folder
        self._secrets = Secrets(folder / "private")
        self._durable = durable
        self._progress = progress
        self._remembered = RememberedPorts(folder / "ports.json")
        self._ports: BrokerPorts | None = None
        self._broker: Broker | None = None

    @property
    def has_ended(self) -> bool:
        """Whether it was started and has ended by itself, or by somebody else."""
        return self._broker is not None and not self._broker.process.alive

    @property
    def ports(self) -> BrokerPorts:
        """The ports of the running node. Raises SetupError when it was not started."""
        if self._ports is None:
            raise SetupError("RabbitMQ was not started.")
        return self._ports

    @property
    def management_url(self) -> str:
        """The address of its management pages and API; the user is ``praksis``."""
        return f"http://{LOOPBACK}:{self.ports.management}"

    @property
    def password(self) -> str:
        """The password of the user ``praksis``."""
        return self._secrets.get("broker")

    def amqp_url(self, vhost: str = "/") -> str:
        """The address of one of its virtual hosts."""
        return f"amqp://{USER}:{self.password}@{LOOPBACK}:{self.ports.amqp}/{quote(vhost, safe='')}"

    def make_ready(self) -> None:
        """See to what it takes of the machine: a RabbitMQ, the account that it runs under, and that account's way here.

        What starts beside other servers is made ready before any of them starts. Raises SetupError.
        """
        make_passable(self.folder)
        if isinstance(find_rabbitmq(self._progress), Installed):
            let_through(server_account(), self.folder)

    def start(self) -> None:
        """Start it and wait until it takes connections. Raises SetupError if it does not come up, or is not there."""
        if self._broker is not None and self._broker.process.alive:
            return
        self.make_ready()
        for record in NODE_RECORDS:
            end_leftover(self.folder / record, seconds=STOP_SECONDS)
        self._ports = BrokerPorts.claim(self._remembered)
        self._broker = self._choose(self._ports)
        self._progress("rabbitmq", f"starting on {LOOPBACK}:{self._ports.amqp}")
        self._broker.start()
        self._broker.process.wait_until(self._ready, _START_SECONDS)
        self._progress("rabbitmq", f"ready on {LOOPBACK}:{self._ports.amqp}")

    def stop(self) -> None:
        """Stop it; durable queues keep what they hold."""
        if self._broker is not None:
            if not self._durable:
                self._broker.process.kill()
            self._broker.stop()
            self._broker = None
            self._remembered.release()
            self._progress("rabbitmq", "stopped")

    def kill(self) -> None:
        """End it at once, as a crash would; durable queues keep what they have confirmed."""
        if self._broker is not None:
            self._broker.process.kill()
            self._broker.stop()
            self._broker = None
            self._remembered.release()

    def restart(self) -> None:
        """Stop and start it, on the same ports if nobody took them meanwhile."""
        self.stop()
        self.start()

    def add_vhost(self, name: str) -> None:
        """Make a virtual host, which the user ``praksis`` may do anything in; nothing happens when there is one."""
        vhost = quote(name, safe="")
        self._manage("PUT", f"vhosts/{vhost}")
        everything = {"configure": ".*", "write": ".*", "read": ".*"}
        self._manage("PUT", f"permissions/{vhost}/{USER}", everything)

    def remove_vhost(self, name: str) -> None:
        """Remove a virtual host with all its queues; nothing happens when there is none."""
        self._manage("DELETE", f"vhosts/{quote(name, safe='')}")

    def control(self, *arguments: str) -> str:
        """Run the node's own ``rabbitmqctl`` and return what it printed. Raises SetupError with its words."""
        if self._broker is None:
            raise SetupError("RabbitMQ was not started.")
        return self._broker.control(*arguments)

    def connections(self, vhost: str) -> dict[str, str]:
        """The connections to a virtual host: what each client calls itself, by the broker's own name for it."""
        found = self._manage("GET", f"vhosts/{quote(vhost, safe='')}/connections").json()
        return {each["name"]: each.get("client_properties", {}).get("connection_name", "") for each in found}

    def close_connection(self, name: str) -> None:
        """Close a connection from the broker's side; nothing happens when there is none of this name."""
        self._manage("DELETE", f"connections/{quote(name, safe='')}")

    def _choose(self, ports: BrokerPorts) -> Broker:
        found = find_rabbitmq(self._progress)
        if isinstance(found, Docker):
            return ContainerNode(found.client, self.folder, ports, self._secrets)
        return InstalledNode(found.script, self.folder, ports, self._secrets)

    def _ready(self) -> bool:
        try:
            return self._request("GET", "overview").is_success
        except httpx.TransportError:
            return False

    def _manage(self, method: str, path: str, body: dict[str, str] | None = None) -> httpx.Response:
        answer = self._request(method, path, body)
        if not (answer.is_success or (method == "DELETE" and answer.status_code == httpx.codes.NOT_FOUND)):
            raise SetupError(f"RabbitMQ refused {method} {path}: {answer.status_code} {answer.text.strip()}")
        return answer

    def _request(self, method: str, path: str, body: dict[str, str] | None = None) -> httpx.Response:
        # The machine's proxy has no business with the loopback address.
        with httpx.Client(trust_env=False, timeout=30) as client:
            return client.request(
                method, f"{self.management_url}/api/{path}", json=body or {}, auth=(USER, self.password)
            )
