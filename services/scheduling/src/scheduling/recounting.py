"""Has the corps' capacity counted again, once for all that has changed within some seconds."""

from datetime import UTC, datetime, timedelta

from shared.contracts.scheduling.capacity import CORPS, ForecastFellDue
from shared.work import UnitOfWork

EVERY = timedelta(seconds=10)
"""How long a change waits at most before it is counted."""


def recount_soon(work: UnitOfWork) -> None:
    """Have the forecast looked at after this work: what it rests on has changed.

    Changes of the same ten seconds share one timer. A timer that every change put off anew would never come due while
    many courses open.
    """
    due_at = next_look(work.now)
    work.schedule(f"capacity/{due_at.isoformat()}", due_at, ForecastFellDue(corps=CORPS))


def next_look(now: datetime) -> datetime:
    """The end of the ten seconds that `now` lies in."""
    begun = (now - datetime.min.replace(tzinfo=UTC)) // EVERY
    return datetime.min.replace(tzinfo=UTC) + (begun + 1) * EVERY
