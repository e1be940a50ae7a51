"""Retries a whole group of failures, however large it is, in one statement."""

from typing import Any

from sqlalchemy import CTE, CursorResult, Select, and_, delete, func, insert, literal, not_, select, update

from shared.errors import Refused
from shared.events.failures import State
from shared.operations.commands import SOON
from shared.operations.views import Action, Alike
from shared.tables import KernelTables
from shared.work import UnitOfWork


async def retry_group(work: UnitOfWork, alike: Alike, operator: str) -> int:
    """Have all failures of a group handled or sent again at once; returns how many.

    Left out are failures whose retry is due already, and those that a worker is trying or another operator is changing
    at this moment. Raises `Refused("no-event")` for a group of bodies that are no events.
    """
    if alike.type is None:
        raise Refused("no-event")
    again = _sent_again(work.tables, alike) if alike.outgoing else _tried_again(work, alike)
    done = work.tables.intervention
    noted = insert(done).from_select(
        [done.c.id, done.c.identity, done.c.event_id, done.c.action, done.c.operator, done.c.done_at, done.c.body],
        select(
            again.c.id,
            again.c.identity,
            again.c.event_id,
            literal(Action.RETRY.value),
            literal(operator),
            literal(work.now),
            again.c.body,
        ),
    )
    result = await work.session.execute(noted)
    assert isinstance(result, CursorResult)
    return result.rowcount


def _tried_again(work: UnitOfWork, alike: Alike) -> CTE:
    parked = work.tables.parked
    asked_for = and_(parked.c.state == State.RETRYING, parked.c.retry_at <= work.now + SOON)
    members = _members(work.tables, alike).where(not_(asked_for)).with_for_update(skip_locked=True).cte("members")
    return (
        update(parked)
        .where(parked.c.id == members.c.id)
        .values(state=State.RETRYING, retry_at=work.now)
        .returning(func.gen_random_uuid().label("id"), parked.c.identity, parked.c.event_id, parked.c.body)
        .cte("again")
    )


def _sent_again(tables: KernelTables, alike: Alike) -> CTE:
    parked = tables.parked
    members = _members(tables, alike).with_for_update(skip_locked=True).cte("members")
    return (
        delete(parked)
        .where(parked.c.id == members.c.id)
        .returning(parked.c.id, parked.c.identity, parked.c.event_id, parked.c.body)
        .cte("again")
    )


def _members(tables: KernelTables, alike: Alike) -> Select[Any]:
    parked = tables.parked
    return select(parked.c.id).where(
        parked.c.state != State.WAITING,
        parked.c.outgoing == alike.outgoing,
        parked.c.type == alike.type,
        parked.c.reason == alike.reason,
    )
