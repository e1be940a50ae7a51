"""Where an event waits that could not be handled: in the service's own schema, in sight of its operators."""

import structlog
from sqlalchemy import insert
from uuid_utils.compat import uuid7

from shared.errors import Refused
from shared.events.envelope import Envelope, Malformed, decode
from shared.tables import KernelTables
from shared.work import UnitOfWork

log = structlog.get_logger(__name__)


async def park(work: UnitOfWork, tables: KernelTables, body: bytes, error: Exception, attempts: int) -> None:
    """Keep `body` with the reason; the caller commits, and then the broker may forget it."""
    envelope = _readable(body)
    reason = reason_of(error)
    await work.session.execute(
        insert(tables.parked).values(
            id=uuid7(),
            event_id=envelope and envelope.id,
            type=envelope and envelope.type,
            subject=envelope and envelope.subject,
            traceparent=envelope and envelope.traceparent,
            reason=reason,
            attempts=attempts,
            parked_at=work.now,
            body=body,
        )
    )
    log.error("event parked", event_id=str(envelope.id) if envelope else None, reason=reason, attempts=attempts)


def reason_of(error: Exception) -> str:
    """Why, in one line without personal data: an exception's own text may quote what it choked on."""
    match error:
        case Refused():
            return f"Refused: {error.slug}"
        case Malformed():
            return f"Malformed: {error}"
        case _:
            return type(error).__name__


def _readable(body: bytes) -> Envelope | None:
    try:
        return decode(body)
    except Malformed:
        return None
