"""Where one fault test takes place: a database and a virtual host of its own, a ledger, writers and workers."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

from aiormq.exceptions import ConnectionInternalError
from faults.ledger import DEADLINE, Ledger, state_of, until
from faults.plan import Disturbance, Plan
from faults.processes import Child, handlers, run_service, run_writer
from faults.service import SERVICE, TABLES, database_of
from faults.writing import Writer, read_notes

from local.postgres import PrivatePostgres
from local.provision import service_url
from local.rabbitmq import PrivateRabbitMQ
from shared.database import Database
from shared.events.recovery.generations import Generation, prepare_generation
from shared.events.topology import service_queue

_numbers = count(1)
UNDISTURBED = Plan()


class Stage:
    """Everything that a fault test moves."""

    def __init__(self, postgres: PrivatePostgres, rabbitmq: PrivateRabbitMQ, name: str, folder: Path) -> None:
        self.postgres = postgres
        self.rabbitmq = rabbitmq
        self.name = name
        self.folder = folder
        self.database: Database = database_of(self.database_url)
        self.ledger = Ledger(lambda: self.postgres.admin_url(self.name), lambda: self.amqp_url)
        self.children: list[Child] = []
        self._names = count(1)
        self._writers = count(1)

    @property
    def database_url(self) -> str:
        password = self.postgres.secrets.get(f"role-{SERVICE}")
        return service_url(self.postgres.admin_url(self.name), SERVICE, password)

    @property
    def amqp_url(self) -> str:
        return self.rabbitmq.amqp_url(self.name)

    async def begin(self) -> None:
        """Prepare, as a service that is there from the beginning and has no log to read."""
        await self.prepare()
        await self.ledger.execute("update intake.generation set replay_from = null, replayed_at = now()")

    async def prepare(self, partitions: int | None = None, amqp_url: str | None = None) -> Generation:
        """What `python -m <service>.prepare` does for the broker, and an operator once more where it was broken off: a
        broker under load may end a connection with an error of its own."""
        for attempt in range(3):
            try:
                return await prepare_generation(
                    self.database, amqp_url or self.amqp_url, handlers(UNDISTURBED), partitions
                )
            except ConnectionInternalError:
                if attempt == 2:
                    raise
        raise AssertionError

    def start_worker(
        self, plan: Plan = UNDISTURBED, amqp_url: str | None = None, database_url: str | None = None
    ) -> Child:
        """Start a worker of the service, in a process of its own."""
        urls = (database_url or self.database_url, amqp_url or self.amqp_url)
        return self._start("worker", run_service, *urls, plan)

    def start_writer(self, subjects: int, events: int) -> Child:
        """Start a writer in a process of its own, which writes so many events and ends."""
        name = f"p{next(self._names)}"
        notes = self.folder / f"{name}.notes"
        self.ledger.outcomes.append(lambda: read_notes(notes.read_text().splitlines() if notes.exists() else []))
        return self._start("writer", run_writer, self.database_url, subjects, name, events, str(notes))

    def writer(self, subjects: int = 12) -> Writer:
        """A writer inside the test."""
        writer = Writer(self.database, subjects, f"w{next(self._writers)}")
        self.ledger.outcomes.append(lambda: writer.outcomes)
        return writer

    @asynccontextmanager
    async def load(self, at_least: int, subjects: int = 12) -> AsyncIterator[Writer]:
        """Keep events coming while the context lasts, and afterwards until there are enough of them.

        Once there are, they come slowly: what takes long, takes long because of the fault and not of its load.
        """
        writer, over = self.writer(subjects), asyncio.Event()

        def is_enough() -> bool:
            if writer.committed >= at_least:
                writer.pause = max(writer.pause, 0.1)
            return over.is_set() and writer.committed >= at_least

        writing = asyncio.create_task(writer.write_until(is_enough))
        try:
            yield writer
        finally:
            over.set()
            writer.pause = 0.0
            await asyncio.wait_for(writing, 2 * DEADLINE)

    async def disturb(self, *disturbances: Disturbance, plan: Callable[[Disturbance], Plan]) -> None:
        """Let one worker after the other end itself as each disturbance says."""
        for disturbance in disturbances:
            worker = self.start_worker(plan(disturbance))
            await worker.ended()
            assert worker.was_killed, f"{worker.name} has ended otherwise than by {disturbance}"

    async def until_consumed(self, *workers: Child) -> None:
        """Wait until the broker has a consumer for every queue, and each of the workers is one or stands by."""

        async def consuming() -> bool:
            names = await self.ledger.rows("select generation, number from intake.partition where drained_at is null")
            found = [await state_of(self.amqp_url, service_queue(SERVICE, *name)) for name in names]
            consumed = all(state is not None and state.consumers > 0 for state in found)
            return consumed and all(worker.lines("consuming") for worker in workers)

        await until(consuming)

    async def until_leading(self, *workers: Child) -> None:
        """Wait until each of the workers has said that its relay leads."""

        async def leading() -> bool:
            return all(worker.lines("relay leads") for worker in workers)

        await until(leading)

    async def until_effects(self, more: int, seconds: float = DEADLINE) -> None:
        """Wait until there are so many more effects than now."""
        before = await self.ledger.effects()

        async def there() -> bool:
            return await self.ledger.effects() >= before + more

        await until(there, seconds)

    async def seconds_until_first_new_effect(self, writer: Writer) -> float:
        """How long it takes from now until an event has its effect that is written from now on."""
        began, last = time.monotonic(), max(writer.outcomes.committed | writer.outcomes.unknown, default="")
        new = f"select exists (select from intake.ledger where number > '{last}' and number like 'w%')"
        await until(lambda: self._first(new), every=0.02)
        return time.monotonic() - began

    async def close(self) -> None:
        """End every process, and put the place away."""
        for child in self.children:
            child.kill()
        await self.database.close()

    async def _first(self, statement: str) -> bool:
        return bool((await self.ledger.row(statement))[0])

    def _start(self, kind: str, main: Callable[..., None], *given: object) -> Child:
        child = Child(f"{kind}-{next(self._names)}", self.folder, main, *given)
        self.children.append(child)
        return child


@asynccontextmanager
async def stage_on(
    postgres: PrivatePostgres, rabbitmq: PrivateRabbitMQ, template: str, folder: Path
) -> AsyncIterator[Stage]:
    """A stage with its own database and virtual host on these servers."""
    name = f"fault_{next(_numbers)}"
    await asyncio.to_thread(postgres.create_database, name, template)
    await asyncio.to_thread(rabbitmq.add_vhost, name)
    stage = Stage(postgres, rabbitmq, name, folder)
    try:
        await stage.ledger.execute(TABLES)
        await stage.ledger.execute(
            "alter table intake.written owner to intake; alter table intake.ledger owner to intake"
        )
        yield stage
    finally:
        await stage.close()
        await asyncio.to_thread(rabbitmq.remove_vhost, name)
        await asyncio.to_thread(postgres.drop_database, name)
