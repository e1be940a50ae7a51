"""The servers of one benchmark, and a fresh place on them for every run."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count

from benchmarks.places import CONSUMER, SOURCE, Place

from local.postgres import PrivatePostgres
from local.progress import Progress
from local.provision import SERVICES, provision, service_url
from local.psql import run_script
from local.rabbitmq import PrivateRabbitMQ
from local.state import CHECKOUT, State
from shared.migrations import upgrade

EMPTY = "bench_empty"
"""The template with roles, schemas and tables, and nothing in them."""


class BenchServers:
    """A Postgres and a RabbitMQ that keep what they have confirmed through a power cut, on the loopback address."""

    def __init__(self, state: State, progress: Progress) -> None:
        self.postgres = PrivatePostgres(state.folder / "postgres", durable=True, progress=progress)
        self.rabbitmq = PrivateRabbitMQ(state.folder / "rabbitmq", durable=True, progress=progress)
        self._numbers = count(1)

    def start(self) -> None:
        """Bring both up, with the empty template. Raises SetupError when one does not come up."""
        with ThreadPoolExecutor(max_workers=2) as side_by_side:
            for running in [side_by_side.submit(start) for start in (self.postgres.start, self.rabbitmq.start)]:
                running.result()
        self._make_empty_template()

    def stop(self) -> None:
        """Stop both."""
        try:
            self.rabbitmq.stop()
        finally:
            self.postgres.stop()

    @contextmanager
    def place(self, template: str = EMPTY) -> Iterator[Place]:
        """A copy of a template and a virtual host, until the run is over."""
        name = f"bench-{next(self._numbers)}"
        self.rabbitmq.add_vhost(name)
        self.postgres.create_database(name, template)
        try:
            self.settle()
            yield self._place(name)
        finally:
            self.postgres.drop_database(name)
            self.rabbitmq.remove_vhost(name)

    @contextmanager
    def new_template(self, name: str) -> Iterator[Place]:
        """A template to be filled: what is in its database when this is left is in every copy; its events are not."""
        self.rabbitmq.add_vhost(name)
        self.postgres.create_database(name, EMPTY)
        yield self._place(name)
        self.rabbitmq.remove_vhost(name)
        run_script(self.postgres.admin_url(name), "vacuum analyze")

    def settle(self) -> None:
        """Let the database write down what earlier runs have left, so that a later one does not pay for it."""
        run_script(self.postgres.admin_url(), "checkpoint")

    def _place(self, database: str) -> Place:
        return Place(
            admin_url=self.postgres.admin_url(database),
            source_url=self._role_url(database, SOURCE),
            consumer_url=self._role_url(database, CONSUMER),
            amqp_url=self.rabbitmq.amqp_url(database),
        )

    def _role_url(self, database: str, service: str) -> str:
        return service_url(self.postgres.admin_url(database), service, self.postgres.secrets.get(f"role-{service}"))

    def _make_empty_template(self) -> None:
        self.postgres.create_database(EMPTY)
        passwords = {service: self.postgres.secrets.get(f"role-{service}") for service in SERVICES}
        provision(self.postgres.admin_url(EMPTY), passwords)
        for service in SERVICES:
            upgrade(service, self._role_url(EMPTY, service), CHECKOUT)
