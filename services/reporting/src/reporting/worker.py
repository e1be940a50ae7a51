"""The event process of reporting."""

import asyncio
from pathlib import Path

from reporting.instruments import handlers as instruments
from reporting.pipeline.projection import PIPELINE
from reporting.programmes import handlers as programmes
from reporting.schema import tables
from reporting.settings import ReportingWorkerSettings
from shared import telemetry
from shared.database import Database
from shared.events.handlers import Handlers
from shared.sessions import handlers as sessions
from shared.starting import settings_of_worker
from shared.worker import Worker, run_worker

handlers = Handlers.together(programmes.on, PIPELINE.handlers, instruments.on, sessions.on)


def main() -> None:
    """Run until told to stop."""
    process, settings = settings_of_worker(ReportingWorkerSettings)
    telemetry.configure("reporting", "worker", process.log_level)
    database = Database(
        settings.database_url.get_secret_value(), service="reporting", tables=tables, clock=process.clock()
    )
    worker = Worker(database, handlers, settings.amqp_url.get_secret_value(), locale=Path(__file__).parent / "locale")
    asyncio.run(run_worker(worker))


if __name__ == "__main__":
    main()
