"""Where the command line reaches the kernel's replay: a service's projections anew, and a service the log again.

It works with the settings of the service's own worker, since it does what only the service may do.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import datetime
from importlib import import_module
from typing import NamedTuple

from aio_pika import connect
from aio_pika.exceptions import AMQPError
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError

from intake.capacity.projection import CAPACITY
from praksis.errors import CommandError, Unreachable, WrongUsage
from praksis.events.starts import Start, behind_the_end
from praksis.output import Advance
from praksis.settings import Service, Settings
from reporting.pipeline.projection import PIPELINE
from shared.database import Database
from shared.events.handlers import Handlers
from shared.events.projections import Projection
from shared.events.recovery import rebuilding
from shared.events.recovery.generations import generations, prepare_generation
from shared.events.recovery.log_stream import NoLog, end_of_log
from shared.events.recovery.rebuilding import NotRebuilt
from shared.events.recovery.replay import INBOX, progress_of
from shared.settings import WorkerSettings

PROJECTIONS: dict[Service, tuple[Projection, ...]] = {Service.INTAKE: (CAPACITY,), Service.REPORTING: (PIPELINE,)}
_LOOK_EVERY = 0.3


async def rebuild(settings: Settings, service: Service, projection: str, advance: Advance) -> int:
    """Rebuild a projection beside the one that is read, and put it in its place; returns the number of events.

    Interrupted, it changes nothing. Raises `WrongUsage` for a projection that the service does not have, and
    `CommandError` when the kernel gives it up.
    """
    wanted = _projection(service, projection)
    async with open_service(settings, service) as (database, _, amqp_url):
        running = asyncio.create_task(rebuilding.rebuild(database, wanted, amqp_url))
        try:
            while not (await asyncio.wait([running], timeout=_LOOK_EVERY))[0]:
                await _tell(database, projection, advance)
            return running.result()
        except NotRebuilt as error:
            raise CommandError(f"{error}.") from None
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def refill(settings: Settings, service: Service, start: Start, advance: Advance) -> int:
    """Have the service's worker read the log again from the start on; returns the number of events.

    Waits until that is done. Interrupted, the worker goes on without anybody looking. Raises `WrongUsage` for an offset
    at which nothing stands yet.
    """
    place = start.place.isoformat() if isinstance(start.place, datetime) else str(start.place)
    async with open_service(settings, service) as (database, handlers, amqp_url):
        await _require_in_log(start, amqp_url)
        wish = await prepare_generation(database, amqp_url, handlers, replay_from=place)
        while any(each.number <= wish.number and each.replay_from for each in await generations(database)):
            await _tell(database, INBOX, advance)
            await asyncio.sleep(_LOOK_EVERY)
        progress = await progress_of(database, INBOX)
        return progress.events if progress else 0


async def _require_in_log(start: Start, amqp_url: str) -> None:
    if not isinstance(start.place, int):
        return
    end = None
    with suppress(NoLog):
        async with await connect(amqp_url, timeout=10) as broker:
            end = await end_of_log(broker)
    if start.place > (-1 if end is None else end):
        raise behind_the_end(start.place, end)


def _projection(service: Service, name: str) -> Projection:
    own = PROJECTIONS.get(service, ())
    for projection in own:
        if projection.name == name:
            return projection
    raise WrongUsage(f"{service} has no projection {name}; it has {', '.join(each.name for each in own) or 'none'}.")


async def _tell(database: Database, name: str, advance: Advance) -> None:
    progress = await progress_of(database, name)
    if progress is not None and progress.finished_at is None:
        advance(progress.events, progress.total)


class OpenService(NamedTuple):
    """What the service's own worker has: its database, its reactions, its address of the broker."""

    database: Database
    handlers: Handlers
    amqp_url: str


@asynccontextmanager
async def open_service(settings: Settings, service: Service) -> AsyncIterator[OpenService]:
    """A service as its worker has it. Raises `WrongUsage` without its settings, and `Unreachable`."""
    own = _worker_settings(service)
    tables = import_module(f"{service}.schema").tables
    url = own.database_url.get_secret_value()
    database = Database(url, service=service, tables=tables, clock=settings.time())
    try:
        with blaming(service):
            yield OpenService(database, import_module(f"{service}.worker").handlers, own.amqp_url.get_secret_value())
    finally:
        await database.close()


@contextmanager
def blaming(service: Service) -> Iterator[None]:
    """Raise `Unreachable` with the settings of this service where its database or its broker fails.

    Whoever has several services open says of each step whose it is: else the last one opened would be blamed for all.
    """
    try:
        yield
    except (AMQPError, DBAPIError, OSError) as error:
        names = f"{service.upper()}_DATABASE_URL and {service.upper()}_AMQP_URL"
        raise Unreachable(f"A part of Praksis does not answer ({type(error).__name__}); look at {names}.") from None


def _worker_settings(service: Service) -> WorkerSettings:
    try:
        settings: WorkerSettings = getattr(
            import_module(f"{service}.settings"), f"{service.capitalize()}WorkerSettings"
        )()
    except ValidationError as error:
        names = ", ".join(sorted(f"{service.upper()}_{str(each['loc'][0]).upper()}" for each in error.errors()))
        raise WrongUsage(f"This works with the settings of {service}'s worker; set {names}.") from None
    return settings
