"""The event process of scheduling."""

import asyncio
from pathlib import Path

from scheduling.capacity import handlers as capacity
from scheduling.courses import handlers as courses
from scheduling.programmes import handlers as programmes
from scheduling.schema import tables
from scheduling.settings import SchedulingWorkerSettings
from shared import telemetry
from shared.database import Database
from shared.events.handlers import Handlers
from shared.sessions import handlers as sessions
from shared.starting import settings_of_worker
from shared.worker import Worker, run_worker

handlers = Handlers.together(programmes.on, courses.on, capacity.on, sessions.on)


def main() -> None:
    """Run until told to stop."""
    process, settings = settings_of_worker(SchedulingWorkerSettings)
    telemetry.configure("scheduling", "worker", process.log_level)
    database = Database(
        settings.database_url.get_secret_value(), service="scheduling", tables=tables, clock=process.clock()
    )
    worker = Worker(database, handlers, settings.amqp_url.get_secret_value(), locale=Path(__file__).parent / "locale")
    asyncio.run(run_worker(worker))


if __name__ == "__main__":
    main()
