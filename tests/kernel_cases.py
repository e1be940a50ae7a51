"""A service of the kernel's own, for tests: it writes what its rounds' programmes are called into a table."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

from aio_pika import Message, connect
from sqlalchemy import text

from shared.contracts.intake.rounds import RoundOpened
from shared.database import Database
from shared.events.consumer import Consumer
from shared.events.handlers import Handlers
from shared.events.recovery.generations import prepare_generation
from shared.events.relay import Relay
from shared.events.retries import Retries
from shared.events.supervision import keep_running
from shared.events.topology import service_queue
from shared.work import UnitOfWork

MOMENT = datetime(2030, 1, 1, tzinfo=UTC)
HOME = "https://intake.praksis.example.dk"
"""The public address of the service."""


def opened(number: int, programme: str = "long-course") -> RoundOpened:
    return RoundOpened(round_id=UUID(int=number), programme=programme, opens_at=MOMENT, closes_at=MOMENT)


class Kernel:
    """A service that reacts to its own rounds by writing their programme into a table of effects."""

    def __init__(self, database: Database, amqp_url: str) -> None:
        self.database = database
        self.amqp_url = amqp_url
        self.handlers = Handlers()
        self.stop = asyncio.Event()
        self.handled = 0
        self.failures: dict[str, list[Exception]] = {}
        self.handlers(RoundOpened)(self.write_effect)
        self.relay = Relay(database=database, amqp_url=amqp_url, home=HOME)
        self.consumer = Consumer(database=database, handlers=self.handlers, amqp_url=amqp_url)
        self.retries = Retries(database=database, handlers=self.handlers)

    async def write_effect(self, event: RoundOpened, work: UnitOfWork) -> None:
        self.handled += 1
        await work.session.execute(text("insert into intake.effect (what) values (:what)"), {"what": event.programme})
        if failures := self.failures.get(event.programme):
            raise failures.pop(0)

    async def publish(self, *events: RoundOpened) -> None:
        async with self.database.work() as work:
            work.publish(*events)
            await work.commit()

    async def effects(self) -> list[str]:
        return [str(what) for (what,) in await self.rows("select what from intake.effect order by id")]

    async def rows(self, statement: str) -> list[tuple[object, ...]]:
        async with self.database.work() as work:
            return [tuple(row) for row in await work.session.execute(text(statement))]

    async def execute(self, statement: str) -> None:
        async with self.database.work() as work:
            await work.session.execute(text(statement))
            await work.commit()

    async def until(self, look: Callable[[], object], seconds: float = 20.0) -> None:
        async with asyncio.timeout(seconds):
            while not await look():  # type: ignore[misc]
                await asyncio.sleep(0.02)

    async def until_effects(self, *expected: str) -> None:
        async def there() -> bool:
            return len(await self.effects()) >= len(expected)

        await self.until(there)
        await asyncio.sleep(0.2)  # one too many would come now
        assert await self.effects() == list(expected)


@asynccontextmanager
async def running(kernel: Kernel) -> AsyncIterator[Kernel]:
    """The kernel with its table of effects and its queues, its loops running."""
    await kernel.execute("create table if not exists intake.effect (id serial primary key, what text not null)")
    await prepare_generation(kernel.database, kernel.amqp_url, kernel.handlers)
    async with loops(kernel):
        yield kernel


@asynccontextmanager
async def loops(kernel: Kernel) -> AsyncIterator[None]:
    """Relay, inbox and retries, until the end of the context."""
    each: dict[str, Relay | Consumer | Retries] = {
        "relay": kernel.relay,
        "inbox": kernel.consumer,
        "retries": kernel.retries,
    }
    tasks = [
        asyncio.create_task(keep_running(name, partial(loop.run, kernel.stop), kernel.stop))
        for name, loop in each.items()
    ]
    try:
        yield
    finally:
        kernel.stop.set()
        await asyncio.wait_for(asyncio.gather(*tasks), 20)


async def send(amqp_url: str, body: bytes, generation: int = 1, number: int = 1) -> None:
    """Put a message straight into a queue of the service."""
    async with await connect(amqp_url, timeout=10) as connection:
        channel = await connection.channel()
        queue = service_queue("intake", generation, number)
        await channel.default_exchange.publish(Message(body), queue, mandatory=True, timeout=10)
