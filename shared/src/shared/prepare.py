"""Makes a place ready for a service: its tables in Postgres, its queues in RabbitMQ."""

import asyncio

from sqlalchemy import MetaData

from shared.clock import SystemClock
from shared.database import Database
from shared.events.generations import prepare_generation
from shared.events.handlers import Handlers
from shared.migrations import upgrade
from shared.retention.retention import Retention
from shared.settings import WorkerSettings
from shared.tables import kernel_tables


def prepare(service: str, handlers: Handlers, settings: WorkerSettings) -> None:
    """Migrate, and declare as many queues as the settings wish. Idempotent, also while this version
    of the service runs.

    Raises what Alembic, the database or the broker raise.
    """
    upgrade(service, settings.database_url.get_secret_value())
    asyncio.run(_declare(service, handlers, settings))


async def _declare(service: str, handlers: Handlers, settings: WorkerSettings) -> None:
    tables = kernel_tables(MetaData(schema=service))
    url = settings.database_url.get_secret_value()
    database = Database(url, service=service, tables=tables, clock=SystemClock(), patient=True)
    try:
        await Retention(database=database).look_ahead()
        await prepare_generation(database, settings.amqp_url.get_secret_value(), handlers, settings.partitions)
    finally:
        await database.close()
