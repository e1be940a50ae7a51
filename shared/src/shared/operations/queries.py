"""The events that could not be handled, as operators see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, select

from shared.events.failures import State
from shared.tables import KernelTables
from shared.work import UnitOfWork

SHOWN = 200
"""How many failures a list shows; the oldest first, since they hold up most."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An event that failed, with how many later ones of its subject wait behind it.

    What was no event at all has a body and a reason, but neither an id nor a type nor a subject.
    """

    id: UUID
    event_id: UUID | None
    state: State
    type: str | None
    source: str | None
    subject: str | None
    reason: str
    attempts: int
    first_failed_at: datetime
    last_failed_at: datetime
    retry_at: datetime | None
    trace_id: str | None
    waiting: int
    body: str


async def failures(work: UnitOfWork, tables: KernelTables) -> list[Failure]:
    """What has failed and is not settled, the oldest first; at most `SHOWN`."""
    statement = _failed(tables).order_by(tables.parked.c.first_failed_at, tables.parked.c.id).limit(SHOWN)
    return _failures((await work.session.execute(statement)).all())


async def failure_by_id(work: UnitOfWork, tables: KernelTables, id: UUID) -> Failure | None:
    """The failure of this id, if it is not settled."""
    found = await work.session.execute(_failed(tables).where(tables.parked.c.id == id))
    return next(iter(_failures(found.all())), None)


def _failed(tables: KernelTables) -> Select[Any]:
    parked = tables.parked
    behind = parked.alias("behind")
    waiting = (
        select(func.count())
        .where(
            behind.c.state == State.WAITING, behind.c.source == parked.c.source, behind.c.subject == parked.c.subject
        )
        .scalar_subquery()
    )
    return select(parked, waiting.label("waiting")).where(parked.c.state != State.WAITING)


def _failures(rows: Sequence[Row[Any]]) -> list[Failure]:
    return [
        Failure(
            id=row.id,
            event_id=row.event_id,
            state=State(row.state),
            type=row.type,
            source=row.source,
            subject=row.subject,
            reason=row.reason,
            attempts=row.attempts,
            first_failed_at=row.first_failed_at,
            last_failed_at=row.last_failed_at,
            retry_at=row.retry_at,
            trace_id=row.traceparent.split("-")[1] if row.traceparent else None,
            waiting=row.waiting,
            body=row.body.decode(errors="replace"),
        )
        for row in rows
    ]
