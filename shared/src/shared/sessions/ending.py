"""Ends sessions: writes the row, and publishes the event to the other services, in one unit of work."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from shared.contracts.intake.sessions import IntakeSessionsEnded
from shared.contracts.reporting.sessions import ReportingSessionsEnded
from shared.contracts.scheduling.sessions import SchedulingSessionsEnded
from shared.sessions.tokens import LIFETIME
from shared.work import UnitOfWork

SessionsEnded = IntakeSessionsEnded | SchedulingSessionsEnded | ReportingSessionsEnded
EVENTS: Mapping[str, type[SessionsEnded]] = MappingProxyType(
    {event.producer: event for event in (IntakeSessionsEnded, SchedulingSessionsEnded, ReportingSessionsEnded)}
)
"""The event that each service publishes, by service."""
KEPT = LIFETIME + timedelta(hours=1)
"""How long the end of a session is kept: longer than any token is valid."""


async def end_sessions(work: UnitOfWork, service: str, ended_id: UUID) -> datetime:
    """End the session of this id, or all that the person of this id has begun up to now; returns that moment."""
    until = datetime.now(UTC)  # the machine's time, by which tokens expire
    await remember_end(work, ended_id, until)
    work.publish(EVENTS[service](ended_id=ended_id, issued_until=until))
    return until


async def remember_end(work: UnitOfWork, ended_id: UUID, until: datetime) -> None:
    """Store that sessions which were issued up to `until` have ended, if tokens of them may still be valid. Deletes old
    rows."""
    table = work.tables.ended_session
    old = select(table.c.id).where(table.c.recorded_at < func.now() - KEPT).with_for_update(skip_locked=True)
    await work.session.execute(delete(table).where(table.c.id.in_(old)))
    if until < datetime.now(UTC) - KEPT:
        return
    row = insert(table).values(id=ended_id, issued_until=until)
    later = func.greatest(table.c.issued_until, row.excluded.issued_until)
    await work.session.execute(
        row.on_conflict_do_update(index_elements=["id"], set_={"issued_until": later, "recorded_at": func.now()})
    )
