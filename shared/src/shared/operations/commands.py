"""What operators do about a failed event: retry, edit, give up. Each leaves a row in `intervention`, the audit
trail."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, insert, literal, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import DBAPIError
from uuid_utils.compat import uuid7

from shared.errors import NotFound, NotNow, Refused, require_version
from shared.events.failures import State
from shared.operations import editing
from shared.operations.queries import edits_of, is_settled
from shared.operations.views import Action
from shared.work import UnitOfWork

SOON = timedelta(seconds=1)
"""A retry that is due by then counts as asked for already: the worker looks every second, and the clocks of two
processes differ by less."""
PATIENCE = "3s"
"""How long a command waits for a try that is under way."""
_TRIED_IN = timedelta(seconds=5)
_LOCK_NOT_AVAILABLE = "55P03"


async def retry(work: UnitOfWork, id: UUID, operator: str) -> None:
    """Have the event handled or sent again at once. Idempotent.

    Raises `already-settled`, `unknown-failure` or `being-tried`, and `Refused("no-event")` for bytes that are no event.
    """
    row = await _locked(work, id)
    if row.event_id is None:
        raise Refused("no-event")
    if row.outgoing:
        await _remove(work, id)  # the relay takes up again what is not parked
    elif _is_due(work, row):
        return
    else:
        due = {"state": State.RETRYING, "retry_at": work.now}
        await work.session.execute(update(work.tables.parked).where(work.tables.parked.c.id == id).values(due))
    await _note(work, row, Action.RETRY, operator)


async def edit(work: UnitOfWork, id: UUID, operator: str, seen: int, data: Mapping[str, Any], reason: str) -> None:
    """Give the event other data; it then waits for an operator, so that the next `retry` records the data that are
    tried.

    Raises as `retry` and `require_editable` do, 412 `stale-version`, and `editing.Unfit` for data that the event cannot
    have.
    """
    row = await _locked(work, id)
    require_editable(row.outgoing, row.event_id)
    require_version(seen, await _version(work, row))
    body = editing.edited(row.body, data)
    edited = {"body": body, "state": State.PARKED, "retry_at": None}
    await work.session.execute(update(work.tables.parked).where(work.tables.parked.c.id == id).values(edited))
    await _note(work, row, Action.EDIT, operator, reason)


def require_editable(outgoing: bool, event_id: str | None) -> None:
    """Raise `Refused("already-happened")` for an outgoing event, and `Refused("no-event")` for bytes that are no
    event."""
    if outgoing:
        raise Refused("already-happened")
    if event_id is None:
        raise Refused("no-event")


async def discard(work: UnitOfWork, id: UUID, operator: str, reason: str) -> None:
    """Give the event up for good: it never has its effect here, or is never sent; events that wait behind it go on.

    Raises `already-settled`, `unknown-failure` or `being-tried`.
    """
    row = await _locked(work, id)
    if row.outgoing:
        event = work.tables.event
        never_sent = (event.c.id == UUID(row.event_id), event.c.dispatched_at.is_(None))
        await work.session.execute(update(event).where(*never_sent).values(dispatched_at=work.now))
    else:
        # If the broker or a replay brings it once more, it counts as received.
        await work.session.execute(upsert(work.tables.received).values(identity=row.identity).on_conflict_do_nothing())
    await _remove(work, id)
    await _note(work, row, Action.DISCARD, operator, reason)


async def _locked(work: UnitOfWork, id: UUID) -> Row[Any]:
    parked = work.tables.parked
    statement = select(parked).where(parked.c.id == id, parked.c.state != State.WAITING).with_for_update()
    await work.session.execute(text(f"set local lock_timeout = '{PATIENCE}'"))
    try:
        row = (await work.session.execute(statement)).first()
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
            raise NotNow("being-tried", _TRIED_IN) from error
        raise
    if row is None:
        raise await _gone(work, id)
    return row


async def _gone(work: UnitOfWork, id: UUID) -> Refused:
    if await is_settled(work, id):
        return Refused("already-settled")
    return NotFound("failure")


async def _version(work: UnitOfWork, row: Row[Any]) -> int:
    edits: int = (await work.session.execute(select(edits_of(work.tables, literal(row.identity))))).scalar_one()
    return edits + 1


def _is_due(work: UnitOfWork, row: Row[Any]) -> bool:
    return bool(row.state == State.RETRYING and row.retry_at <= work.now + SOON)


async def _remove(work: UnitOfWork, id: UUID) -> None:
    await work.session.execute(delete(work.tables.parked).where(work.tables.parked.c.id == id))


async def _note(work: UnitOfWork, row: Row[Any], action: Action, operator: str, reason: str | None = None) -> None:
    """Write the audit trail.

    The row about an outgoing event gets the failure's own id, since nothing else says afterwards that there was such a
    failure. That happens once only, since the failure is gone with it.
    """
    await work.session.execute(
        insert(work.tables.intervention).values(
            id=row.id if row.outgoing else uuid7(),
            identity=row.identity,
            event_id=row.event_id,
            action=action,
            reason=reason,
            operator=operator,
            done_at=work.now,
            body=row.body,
        )
    )
