"""What the ways of running a private RabbitMQ have in common."""

from dataclasses import dataclass
from typing import Protocol

from local.ports import RememberedPorts
from local.processes import Process
from local.state import CHECKOUT

USER = "praksis"
STOP_SECONDS = 30.0
NODE_RECORDS = ("process.json", "name-server.json")
"""The records of a node and of its name server in the node's folder, in the order in which they are to be ended."""

SHARED_CONFIGURATION = CHECKOUT / "deploy" / "rabbitmq" / "rabbitmq.conf"
PLUGINS = CHECKOUT / "deploy" / "rabbitmq" / "enabled_plugins"


@dataclass(frozen=True)
class BrokerPorts:
    """The ports of one node, all on the loopback address."""

    amqp: int
    management: int
    prometheus: int
    distribution: int
    name_server: int

    @classmethod
    def claim(cls, remembered: RememberedPorts) -> "BrokerPorts":
        """The node's ports of last time where they are still free, else others."""
        return cls(
            amqp=remembered.claim("amqp", 8133),
            management=remembered.claim("management", 8134),
            prometheus=remembered.claim("prometheus", 8135),
            distribution=remembered.claim("distribution"),
            name_server=remembered.claim("name_server"),
        )


class Broker(Protocol):
    """A way of running one node."""

    @property
    def process(self) -> Process:
        """The process whose end is the node's end."""

    def start(self) -> None:
        """Start the node without waiting for it to be ready."""

    def stop(self) -> None:
        """Stop it and all that belongs to it."""

    def control(self, *arguments: str) -> str:
        """Run the node's own ``rabbitmqctl`` and return what it printed. Raises SetupError with its words."""
