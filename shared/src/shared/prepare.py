"""Makes a place ready for a service: its tables in Postgres, its queue in RabbitMQ.

Run for every service before any of them starts, since an event that is published before a queue is bound would pass it
by.
"""

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config

from shared.events.handlers import Handlers
from shared.worker import declare


def prepare(service: str, handlers: Handlers, amqp_url: str) -> None:
    """Migrate and declare. Idempotent; raises what Alembic, the database or the broker raise."""
    command.upgrade(Config(Path("services", service, "alembic.ini")), "head")
    asyncio.run(declare(amqp_url, service, handlers))
