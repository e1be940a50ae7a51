"""The event process of intake: publishes the programmes, relays what the HTTP process has committed, learns what the
corps can take on, writes drafts of letters, and reminds people."""

import asyncio
from pathlib import Path

from intake.agreements import handlers as agreements
from intake.capacity.projection import CAPACITY
from intake.drafts import handlers as drafts
from intake.gatherings import handlers as gatherings
from intake.interests import handlers as interests
from intake.letters import handlers as letters
from intake.materials import handlers as materials
from intake.newsletter import handlers as newsletter
from intake.programmes.loading import publish_programmes, require_programmes
from intake.registrations import handlers as registrations
from intake.schema import tables
from intake.settings import IntakeWorkerSettings
from shared import telemetry
from shared.database import Database
from shared.events.handlers import Handlers
from shared.sessions import handlers as sessions
from shared.starting import settings_of_worker
from shared.worker import Worker, run_worker

handlers = Handlers.together(
    CAPACITY.handlers,
    registrations.on,
    gatherings.on,
    interests.on,
    materials.on,
    newsletter.on,
    letters.on,
    drafts.on,
    agreements.on,
    sessions.on,
)


def main() -> None:
    """Run until told to stop."""
    kernel, settings = settings_of_worker(IntakeWorkerSettings)
    require_programmes(settings.programmes)
    telemetry.configure("intake", "worker", kernel.log_level)
    database = Database(settings.database_url.get_secret_value(), service="intake", tables=tables, clock=kernel.clock())
    worker = Worker(
        database=database,
        handlers=handlers,
        amqp_url=settings.amqp_url.get_secret_value(),
        at_start=lambda started: publish_programmes(started, settings.programmes),
        locale=Path(__file__).parent / "locale",
    )
    asyncio.run(run_worker(worker))


if __name__ == "__main__":
    main()
