"""The event process of a service: relay, inbox and retries side by side until told to stop."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from aio_pika import connect

from shared import telemetry
from shared.database import Database
from shared.events.dead_letters import DeadLetters
from shared.events.handlers import Handlers
from shared.events.inbox import Inbox
from shared.events.relay import Relay
from shared.events.retries import Retries
from shared.events.supervision import keep_running
from shared.events.topology import declare_service

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Worker:
    """What a service's event process is made of. `at_start` runs once, before anything is relayed or consumed."""

    database: Database
    handlers: Handlers
    amqp_url: str
    at_start: Callable[[Database], Awaitable[None]] | None = None


async def run_worker(worker: Worker) -> None:
    """Run until SIGTERM or SIGINT; then finish what is in hand and give the rest back to the broker."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    service = worker.database.service
    relay = Relay(service=service, dsn=worker.database.dsn, amqp_url=worker.amqp_url)
    inbox = Inbox(database=worker.database, handlers=worker.handlers, amqp_url=worker.amqp_url)
    dead_letters = DeadLetters(database=worker.database, amqp_url=worker.amqp_url)
    retries = Retries(database=worker.database, handlers=worker.handlers)
    try:
        if worker.at_start is not None:
            await worker.at_start(worker.database)
        await asyncio.gather(
            keep_running("relay", lambda: relay.run(stop), stop),
            keep_running("inbox", lambda: inbox.run(stop), stop),
            keep_running("dead letters", lambda: dead_letters.run(stop), stop),
            keep_running("retries", lambda: retries.run(stop), stop),
        )
    finally:
        await worker.database.close()
        telemetry.shut_down()
    log.info("worker stopped")


async def declare(amqp_url: str, service: str, handlers: Handlers) -> None:
    """Declare what the service needs of the broker. Run for every service before any of them publishes."""
    async with await connect(amqp_url, timeout=10) as broker:
        await declare_service(await broker.channel(), service, handlers)
