"""Reads failed events and the audit trail of what operators did about them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, RowMapping, ScalarSelect, case, func, or_, select, tuple_

from shared.events.failures import State
from shared.operations.views import (
    Action,
    Alike,
    Failure,
    FailureGroup,
    FailureInFull,
    FailurePage,
    Intervention,
    Place,
    Selection,
)
from shared.tables import KernelTables
from shared.work import UnitOfWork

SHOWN = 200
"""Most failures, groups or interventions in one answer."""


async def failures(work: UnitOfWork, wanted: Selection) -> FailurePage:
    """The failures that are not settled, the oldest first, since those hold up most events."""
    parked = work.tables.parked
    statement = (
        select(*_shown(work.tables))
        .where(*_conditions(parked, wanted))
        .order_by(parked.c.first_failed_at, parked.c.id)
        .limit(SHOWN + 1)
    )
    found = [Failure(**_values(row)) for row in (await work.session.execute(statement)).mappings()]
    last = found[SHOWN - 1] if len(found) > SHOWN else None
    return FailurePage(found[:SHOWN], Place(last.first_failed_at, last.id) if last else None)


async def failure_by_id(work: UnitOfWork, id: UUID) -> FailureInFull | None:
    """The failure of this id, or None if it is settled or unknown."""
    parked = work.tables.parked
    version = edits_of(work.tables, parked.c.identity) + 1
    statement = select(*_shown(work.tables), parked.c.body, version.label("version"))
    found = await work.session.execute(statement.where(parked.c.state != State.WAITING, parked.c.id == id))
    row = found.mappings().first()
    return FailureInFull(**_values(row), body=row["body"], version=row["version"]) if row else None


async def failure_groups(work: UnitOfWork) -> list[FailureGroup]:
    """The failures grouped by direction, type and reason, the largest group first."""
    parked = work.tables.parked
    held = _held_back(parked)
    waiting = case((parked.c.outgoing, _unsent_behind(work.tables)), else_=func.coalesce(held.c.events, 0))
    alike = (parked.c.outgoing, parked.c.type, parked.c.reason)
    statement = (
        select(
            *alike,
            func.count().label("failures"),
            func.sum(waiting).label("waiting"),
            func.min(parked.c.first_failed_at).label("first"),
            func.max(parked.c.last_failed_at).label("last"),
        )
        .outerjoin(held, (held.c.source == parked.c.source) & (held.c.subject == parked.c.subject))
        .where(parked.c.state != State.WAITING)
        .group_by(*alike)
        .order_by(func.count().desc(), *alike)
        .limit(SHOWN)
    )
    return [
        FailureGroup(Alike(row.outgoing, row.type, row.reason), row.failures, int(row.waiting), row.first, row.last)
        for row in await work.session.execute(statement)
    ]


async def interventions(work: UnitOfWork, event_id: str) -> list[Intervention]:
    """What operators did about events of this id, the latest first; two sources may have used the id."""
    return await _deeds(work, work.tables.intervention.c.event_id == event_id)


async def history(work: UnitOfWork, identity: UUID) -> list[Intervention]:
    """What operators did about one event, the latest first."""
    return await _deeds(work, work.tables.intervention.c.identity == identity)


async def _deeds(work: UnitOfWork, which: ColumnElement[bool]) -> list[Intervention]:
    done = work.tables.intervention
    statement = select(done).where(which).order_by(done.c.done_at.desc(), done.c.id.desc()).limit(SHOWN)
    return [
        Intervention(
            id=row.id,
            event_id=row.event_id,
            action=Action(row.action),
            reason=row.reason,
            operator=row.operator,
            done_at=row.done_at,
            body=row.body.decode(errors="replace"),
        )
        for row in await work.session.execute(statement)
    ]


async def is_settled(work: UnitOfWork, id: UUID) -> bool:
    """Whether a failure of this id has been handled, sent or given up."""
    received, done = work.tables.received, work.tables.intervention
    statement = select(
        or_(
            select(received.c.identity).where(received.c.identity == id).exists(),
            select(done.c.id).where(done.c.id == id).exists(),  # see `commands._note`
        )
    )
    return bool(await work.session.scalar(statement))


def edits_of(tables: KernelTables, identity: ColumnElement[UUID]) -> ScalarSelect[int]:
    """How often an event has been edited."""
    done = tables.intervention
    return select(func.count()).where(done.c.identity == identity, done.c.action == Action.EDIT).scalar_subquery()


def _shown(tables: KernelTables) -> list[ColumnElement[Any]]:
    """The columns of a failure; the body is left out of lists, since it can be large."""
    parked = tables.parked
    waiting = case((parked.c.outgoing, _unsent_behind(tables)), else_=_waiting_behind(parked))
    return [*(column for column in parked.c if column is not parked.c.body), waiting.label("waiting")]


def _values(row: RowMapping) -> Mapping[str, Any]:
    """A row as the fields of a failure."""
    same = {name: value for name, value in row.items() if name in Failure.__dataclass_fields__}
    trace_id = (row["traceparent"] or "").partition("-")[2].partition("-")[0]
    return same | {"state": State(row["state"]), "trace_id": trace_id or None}


def _conditions(parked: FromClause, wanted: Selection) -> list[ColumnElement[bool]]:
    conditions = [parked.c.state != State.WAITING if wanted.state is None else parked.c.state == wanted.state]
    if wanted.outgoing is not None:
        conditions.append(parked.c.outgoing == wanted.outgoing)
    if wanted.type is not None:
        conditions.append(parked.c.type == wanted.type if wanted.type else parked.c.type.is_(None))
    if wanted.reason is not None:
        conditions.append(parked.c.reason == wanted.reason)
    if wanted.after is not None:
        place = tuple_(wanted.after.first_failed_at, wanted.after.id)
        conditions.append(tuple_(parked.c.first_failed_at, parked.c.id) > place)
    return conditions


def _waiting_behind(parked: FromClause) -> ScalarSelect[int]:
    """How many incoming events wait behind a failed one."""
    behind = parked.alias("behind")
    same_subject = (behind.c.source == parked.c.source) & (behind.c.subject == parked.c.subject)
    return select(func.count()).where(behind.c.state == State.WAITING, same_subject).scalar_subquery()


def _held_back(parked: FromClause) -> FromClause:
    """The same for all subjects in one query."""
    behind = parked.alias("behind")
    return (
        select(behind.c.source, behind.c.subject, func.count().label("events"))
        .where(behind.c.state == State.WAITING)
        .group_by(behind.c.source, behind.c.subject)
        .subquery("held")
    )


def _unsent_behind(tables: KernelTables) -> ScalarSelect[int]:
    """How many events of the outbox wait behind one that could not be sent."""
    parked, event = tables.parked, tables.event
    return (
        select(func.count())
        .where(
            event.c.subject == parked.c.subject,
            event.c.sequence > parked.c.sequence,
            event.c.dispatched_at.is_(None),
        )
        .scalar_subquery()
    )
