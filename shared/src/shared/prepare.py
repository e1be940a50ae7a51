"""Makes a place ready for a service: its tables in Postgres, its queue in RabbitMQ.

Run for every service before any of them starts, since an event that is published before a queue is bound would pass it
by.
"""

import asyncio

from shared.events.handlers import Handlers
from shared.migrations import upgrade
from shared.settings import WorkerSettings
from shared.worker import declare


def prepare(service: str, handlers: Handlers, settings: WorkerSettings) -> None:
    """Migrate and declare. Idempotent; raises what Alembic, the database or the broker raise."""
    upgrade(service, settings.database_url.get_secret_value())
    asyncio.run(declare(settings.amqp_url.get_secret_value(), service, handlers))
