"""Where the command line reaches the kernel's replay: a service's projections, and the service itself, from the log."""

from praksis.errors import CommandError
from praksis.output import Advance
from praksis.settings import Service, Settings
from praksis.starts import Start


async def rebuild(settings: Settings, service: Service, projection: str, advance: Advance) -> int:
    """Rebuild a projection beside the one that is read, and put it in its place; returns the number of events.

    Interrupted, it changes nothing. Raises `WrongUsage` for a projection that the service does not have.
    """
    raise CommandError(NOT_AVAILABLE)


async def refill(settings: Settings, service: Service, start: Start, advance: Advance) -> int:
    """Let a service see the log again from the start on; returns the number of events. Interrupted, it can be begun
    again: what the service has seen has no second effect."""
    raise CommandError(NOT_AVAILABLE)


NOT_AVAILABLE = "Replay is not available in this version of Praksis."
