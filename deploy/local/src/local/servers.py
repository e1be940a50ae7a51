"""Where a system finds its database and its broker: private ones, one's own, or a share of ones that run already."""

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from local.postgres import PrivatePostgres
from local.progress import Progress, silent
from local.rabbitmq import PrivateRabbitMQ
from local.state import Secrets, State

DATABASE = "praksis"
OF_A_RUN = "PRAKSIS_AMQP_URL_OF_A_RUN"
"""Stands beside the broker's address in a shell that was told of a run: that broker is no server of one's own."""


class Servers(Protocol):
    """A database and a broker for one system."""

    @property
    def database_url(self) -> str:
        """The administrator's address of the database; known after ``start``."""

    @property
    def amqp_url(self) -> str:
        """The address of the broker's virtual host; known after ``start``."""

    @property
    def role_secrets(self) -> Secrets:
        """Where the passwords of the services' roles are kept: with the server that knows the roles."""

    def start(self) -> None:
        """Bring both up. Raises SetupError when one does not come up."""

    def bring_back(self) -> list[str]:
        """Start again what ``start`` brought up and has ended; returns the names. Raises SetupError."""

    def stop(self) -> None:
        """Put away what ``start`` brought up, also if it got only half-way."""


class MachineServers:
    """Private servers in the state folder, except where the environment names one's own.

    ``PRAKSIS_DATABASE_URL`` (of an administrator who may make roles) and ``PRAKSIS_AMQP_URL`` replace either.
    """

    def __init__(
        self, state: State, *, environment: Mapping[str, str] = os.environ, progress: Progress = silent
    ) -> None:
        self._given_database = environment.get("PRAKSIS_DATABASE_URL", "").strip()
        self._given_broker = _given_broker(environment)
        self._state = state
        self.postgres = PrivatePostgres(state.folder / "postgres", progress=progress)
        self.rabbitmq = PrivateRabbitMQ(state.folder / "rabbitmq", progress=progress)

    @property
    def database_url(self) -> str:
        """The administrator's address of the database."""
        return self._given_database or self.postgres.admin_url(DATABASE)

    @property
    def amqp_url(self) -> str:
        """The address of the broker."""
        return self._given_broker or self.rabbitmq.amqp_url()

    @property
    def role_secrets(self) -> Secrets:
        """The passwords of the services' roles."""
        return self._state.secrets

    def start(self) -> None:
        """Bring up those that are private, side by side, once the machine is ready for all of them."""
        starts: dict[PrivatePostgres | PrivateRabbitMQ, Callable[[], None]] = {}
        if not self._given_database:
            starts[self.postgres] = self._start_postgres
        if not self._given_broker:
            starts[self.rabbitmq] = self.rabbitmq.start
        for server in starts:
            server.make_ready()
        with ThreadPoolExecutor(max_workers=2) as side_by_side:
            for running in [side_by_side.submit(start) for start in starts.values()]:
                running.result()

    def bring_back(self) -> list[str]:
        """Start again those that are private and have ended, on their ports; returns their names. Raises SetupError."""
        ended = [server for server in (self.postgres, self.rabbitmq) if server.has_ended]
        for server in ended:
            server.restart()
        return [server.name for server in ended]

    def stop(self) -> None:
        """Stop those that are private: the broker first, the database last."""
        try:
            self.rabbitmq.stop()
        finally:
            self.postgres.stop()

    def _start_postgres(self) -> None:
        self.postgres.start()
        self.postgres.create_database(DATABASE)


def _given_broker(environment: Mapping[str, str]) -> str:
    given = environment.get("PRAKSIS_AMQP_URL", "").strip()
    return "" if given == environment.get(OF_A_RUN) else given


class SharedServers:
    """A database and a virtual host of their own on servers that others use too; both go when it stops."""

    def __init__(self, postgres: PrivatePostgres, rabbitmq: PrivateRabbitMQ, name: str) -> None:
        self.postgres = postgres
        self.rabbitmq = rabbitmq
        self._name = name

    @property
    def database_url(self) -> str:
        """The administrator's address of the database."""
        return self.postgres.admin_url(self._name)

    @property
    def amqp_url(self) -> str:
        """The address of the virtual host."""
        return self.rabbitmq.amqp_url(self._name)

    @property
    def role_secrets(self) -> Secrets:
        """The passwords of the services' roles, which all databases of the server have in common."""
        return self.postgres.secrets

    def start(self) -> None:
        """Make the database and the virtual host."""
        self.postgres.create_database(self._name)
        self.rabbitmq.add_vhost(self._name)

    def bring_back(self) -> list[str]:
        """Nothing: whoever started the servers looks after them."""
        return []

    def stop(self) -> None:
        """Drop both."""
        try:
            self.rabbitmq.remove_vhost(self._name)
        finally:
            self.postgres.drop_database(self._name)
