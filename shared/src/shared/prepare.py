"""Deployment step of a service: migrates its schema in Postgres, and declares its queues in RabbitMQ."""

import asyncio
import os
import sys
import traceback

from aio_pika.exceptions import AMQPError
from alembic.util import CommandError
from asyncpg import PostgresError
from sqlalchemy import MetaData
from sqlalchemy.exc import SQLAlchemyError

from shared.clock import SystemClock
from shared.database import Database
from shared.events.handlers import Handlers
from shared.events.recovery.generations import prepare_generation
from shared.migrations import upgrade
from shared.retention.retention import Retention
from shared.settings import WorkerSettings
from shared.tables import kernel_tables

_HINT = (
    "Look at {0}_DATABASE_URL and {0}_AMQP_URL, and what they lead to; PRAKSIS_LOG_LEVEL=DEBUG shows where it failed."
)


def prepare(service: str, handlers: Handlers, settings: WorkerSettings) -> None:
    """Run the migrations, and declare as many queues as the settings ask for. Idempotent; may run while this version of
    the service is running.

    Ends the process with a sentence on stderr and the status 1 if Alembic, the database or the broker raise an error.
    What was done until then stays; the next run continues from there.
    """
    try:
        upgrade(service, settings.database_url.get_secret_value())
        asyncio.run(_declare(service, handlers, settings))
    except (AMQPError, CommandError, OSError, PostgresError, SQLAlchemyError) as error:
        if os.environ.get("PRAKSIS_LOG_LEVEL") == "DEBUG":
            traceback.print_exc()
        sys.stderr.write(f"{service} could not be prepared: {_first_line(error)}\n{_HINT.format(service.upper())}\n")
        sys.exit(1)


def _first_line(error: Exception) -> str:
    """The error in one line; its further lines may be SQL."""
    return f"{type(error).__name__}: {str(error).partition(chr(10))[0]}".removesuffix(": ")


async def _declare(service: str, handlers: Handlers, settings: WorkerSettings) -> None:
    tables = kernel_tables(MetaData(schema=service))
    url = settings.database_url.get_secret_value()
    database = Database(url, service=service, tables=tables, clock=SystemClock(), patient=True)
    try:
        await Retention(database=database).look_ahead()
        await prepare_generation(database, settings.amqp_url.get_secret_value(), handlers, settings.partitions)
    finally:
        await database.close()
