"""The service that the fault tests disturb: it publishes numbered events, and notes each of them in its ledger.

It has the role and the kernel's tables of intake, and two events of its contract: what the writer tells is a
`RoundOpened`, what the handler answers with a `RoundClosed` about the same subject. The number stands as the programme.
"""

from datetime import UTC, datetime
from uuid import UUID

from faults.records import ECHO, is_answered
from sqlalchemy import text

from intake.schema import tables
from shared.clock import Clock, SystemClock
from shared.contracts.base import Event
from shared.contracts.intake.rounds import RoundClosed, RoundOpened
from shared.database import Database
from shared.work import UnitOfWork

SERVICE = "intake"
_MOMENT = datetime(2030, 1, 1, tzinfo=UTC)
TABLES = """
create table intake.written (number text not null);
create table intake.ledger (
    position bigint generated always as identity, subject text not null, place integer not null,
    event_id uuid not null, number text not null
);
create index on intake.ledger (subject);
"""
"""No constraint keeps an effect from coming twice: that is the kernel's affair."""
_NOTE = text(
    "insert into intake.ledger (subject, place, event_id, number)"
    " select :subject, count(*), :event_id, :number from intake.ledger where subject = :subject"
    " returning number"  # a handler's statements mostly yield what some column holds
)


def database_of(url: str, clock: Clock | None = None) -> Database:
    """The database as the service has it."""
    return Database(url, service=SERVICE, tables=tables, clock=clock or SystemClock())


def numbered(subject: int, number: str) -> RoundOpened:
    """What a writer tells."""
    return RoundOpened(round_id=UUID(int=subject), programme=number, opens_at=_MOMENT, closes_at=_MOMENT)


async def note_opened(event: RoundOpened, work: UnitOfWork) -> None:
    """The effect of what the writer tells; every fifth is answered."""
    await _note(event, event.programme, work)
    if is_answered(event.programme):
        work.publish(RoundClosed(round_id=event.round_id, programme=event.programme + ECHO))


async def note_closed(event: RoundClosed, work: UnitOfWork) -> None:
    """The effect of an own event."""
    await _note(event, event.programme, work)


async def _note(event: Event, number: str, work: UnitOfWork) -> None:
    # The handler is not told which envelope it handles; the cause that its own events would name is that envelope.
    given = {"subject": event.subject, "event_id": work._causation_id, "number": number}
    await work.session.execute(_NOTE, given)
