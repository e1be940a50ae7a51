"""What operators do about an event that could not be handled. Each deed leaves its trace in `intervention`."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from uuid_utils.compat import uuid7

from shared.errors import Problem, Refused
from shared.events.failures import State
from shared.tables import KernelTables
from shared.work import UnitOfWork


async def retry(work: UnitOfWork, tables: KernelTables, id: UUID, operator: str) -> None:
    """Let the worker try the event again at once; asking twice is asking once.

    Raises `unknown-failure` for one that is settled, and `Refused("no-event")` for what never was an event.
    """
    row = await _locked(work, tables, id)
    if row.event_id is None:
        raise Refused("no-event")
    parked = tables.parked
    await work.session.execute(update(parked).where(parked.c.id == id).values(state=State.RETRYING, retry_at=work.now))
    await _note(work, tables, row, "retry", operator, None)


async def discard(work: UnitOfWork, tables: KernelTables, id: UUID, operator: str, reason: str) -> None:
    """Give the event up for good: it will have no effect here, and what waits behind it goes on.

    Raises `unknown-failure` for one that is settled.
    """
    row = await _locked(work, tables, id)
    if row.event_id is not None:
        # Should the broker bring it once more, it counts as seen.
        await work.session.execute(upsert(tables.received).values(event_id=row.event_id).on_conflict_do_nothing())
    await work.session.execute(delete(tables.parked).where(tables.parked.c.id == id))
    await _note(work, tables, row, "discard", operator, reason)


async def _locked(work: UnitOfWork, tables: KernelTables, id: UUID) -> Row[Any]:
    parked = tables.parked
    statement = select(parked).where(parked.c.id == id, parked.c.state != State.WAITING).with_for_update()
    row = (await work.session.execute(statement)).first()
    if row is None:
        raise Problem("unknown-failure", 404)
    return row


async def _note(
    work: UnitOfWork, tables: KernelTables, row: Row[Any], action: str, operator: str, reason: str | None
) -> None:
    await work.session.execute(
        insert(tables.intervention).values(
            id=uuid7(),
            event_id=row.event_id,
            action=action,
            reason=reason,
            operator=operator,
            done_at=work.now,
            body=row.body,
        )
    )
