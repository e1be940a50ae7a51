"""The worker process of a service: relay, consumer, retries, timers and more run side by side until it is told to
stop."""

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path

import structlog

from shared import telemetry
from shared.database import Database
from shared.ending import DRAIN_WITHIN, LET_GO_WITHIN, be_gone
from shared.events.consumer import Consumer
from shared.events.dead_letters import DeadLetters
from shared.events.handlers import Handlers
from shared.events.recovery.reconciliation import Reconciliation
from shared.events.relay import Relay
from shared.events.retries import Retries
from shared.events.supervision import keep_running
from shared.events.timers import Timers
from shared.mail.sender import MailSender
from shared.mail.settings import MailSettings
from shared.monitoring.listener import CannotListen
from shared.monitoring.monitor import Monitor
from shared.monitoring.vitals import Vitals
from shared.retention.retention import Retention
from shared.settings import MonitorSettings, PublicAddresses
from shared.translations import Catalogue

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Worker:
    """The parts of a service's worker. `at_start` runs once, before anything is relayed or consumed.

    `locale` is the folder with the translations for its e-mails.
    """

    database: Database
    handlers: Handlers
    amqp_url: str
    at_start: Callable[[Database], Awaitable[None]] | None = None
    locale: Path | None = None


async def run_worker(worker: Worker) -> None:
    """Run until SIGTERM or SIGINT; then finish the work in hand (graceful shutdown) within `DRAIN_WITHIN` seconds, and
    cancel the rest, whose messages the broker delivers again."""
    stop = asyncio.Event()

    def told_to_stop() -> None:
        be_gone()
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told_to_stop)
    try:
        if worker.at_start is not None:
            await worker.at_start(worker.database)
        await _until_drained([asyncio.create_task(loop) for loop in _loops(worker, stop)], stop)
    except CannotListen as error:
        sys.exit(f"{worker.database.service.upper()}_MONITOR_PORT: {error}.")
    finally:
        await worker.database.close()
        telemetry.shut_down()
    log.info("worker stopped")


def _loops(worker: Worker, stop: asyncio.Event) -> list[Coroutine[None, None, None]]:
    database, amqp_url = worker.database, worker.amqp_url
    consumer = Consumer(database=database, handlers=worker.handlers, amqp_url=amqp_url)
    dead_letters = DeadLetters(database=database, amqp_url=amqp_url)
    retries = Retries(database=database, handlers=worker.handlers)
    reconciliation = Reconciliation(
        database=database, handlers=worker.handlers, amqp_url=amqp_url, leads=lambda: relay.leads
    )
    home = PublicAddresses().home_of(database.service)
    relay = Relay(
        database=database,
        amqp_url=amqp_url,
        home=home,
        before_sending=reconciliation.look,
        after_refusal=reconciliation.mark_refused,
    )
    timers = Timers(database=database)
    mail = MailSender(
        database=database, settings=MailSettings(), catalogue=Catalogue.read([worker.locale] if worker.locale else [])
    )
    retention = Retention(database=database)
    vitals = Vitals(lambda: relay.leads, lambda: consumer.consuming, lambda: consumer.queues)
    monitor = Monitor(MonitorSettings.of(database.service), database=database, amqp_url=amqp_url, vitals=vitals)
    monitor.open()  # before the loops start: a worker that should be monitored and cannot be does not start
    return [
        keep_running("relay", lambda: relay.run(stop), stop),
        keep_running("inbox", lambda: consumer.run(stop), stop),
        keep_running("dead letters", lambda: dead_letters.run(stop), stop),
        keep_running("retries", lambda: retries.run(stop), stop),
        keep_running("reconciliation", lambda: reconciliation.run(stop), stop),
        keep_running("timers", lambda: timers.run(stop), stop),
        keep_running("mail", lambda: mail.run(stop), stop),
        keep_running("retention", lambda: retention.run(stop), stop),
        keep_running("monitor", lambda: monitor.run(stop), stop),
    ]


async def _until_drained(running: list[asyncio.Task[None]], stop: asyncio.Event) -> None:
    await asyncio.wait([*running, asyncio.create_task(stop.wait())], return_when=asyncio.FIRST_COMPLETED)
    done, late = await asyncio.wait(running, timeout=DRAIN_WITHIN)
    for task in late:
        task.cancel()
    if late:
        log.warning("stopped with work in hand, which goes back to the broker", loops=len(late))
        await asyncio.wait(late, timeout=LET_GO_WITHIN)
    for task in done:
        task.result()
