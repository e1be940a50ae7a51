"""What others may read of the rounds."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Select, cast, func
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from intake.rounds.model import LateEntry, Round, Zone
from intake.rounds.store import code_hash, rounds_of
from intake.rounds.tables import ExtensionRow, LateEntryRow, RoundRow
from shared.work import UnitOfWork


async def rounds(work: UnitOfWork) -> list[Round]:
    """Every round, the latest deadline first."""
    rows = await work.session.scalars(select(RoundRow).order_by(col(RoundRow.deadline).desc(), col(RoundRow.id)))
    return await rounds_of(work, rows.all())


async def round_by_id(work: UnitOfWork, id: UUID) -> Round | None:
    """The round, if there is one of this id."""
    row = await work.session.get(RoundRow, id)
    return None if row is None else (await rounds_of(work, [row]))[0]


async def zone_of(work: UnitOfWork, round_id: UUID | None) -> Zone:
    """By whose clock a round is, and so what has to do with it; without one, the office's."""
    round_ = await round_by_id(work, round_id) if round_id else None
    return round_.zone if round_ else Zone.COPENHAGEN


def zone_in(round_id: Any) -> ColumnElement[str]:
    """The same of the column of another query."""
    zone = select(RoundRow.zone).where(col(RoundRow.id) == round_id).scalar_subquery()
    return func.coalesce(zone, Zone.COPENHAGEN.value)


def unclosed_rounds(now: datetime) -> SelectOfScalar[UUID]:
    """The ids of the rounds whose deadline has not passed, to be asked for within another query.

    They are those whose own clock still shows their deadline or a day before it.
    """
    today = cast(func.timezone(RoundRow.zone, now), Date)
    return select(RoundRow.id).where(today <= RoundRow.deadline)


def closed_since(round_id: Any, moment: Any) -> ColumnElement[bool]:
    """Whether a round that takes applications again had closed at or after a moment, before it was extended.

    Both are columns of the query in which it is asked. What had come by then has been opened, and no later deadline
    closes it again.
    """
    round_, extension = aliased(RoundRow), aliased(ExtensionRow)
    its_day = cast(func.timezone(col(round_.zone), col(extension.given_at)), Date)
    return (
        select(extension.round_id)
        .join(round_, col(round_.id) == col(extension.round_id))
        .where(col(extension.round_id) == round_id, col(extension.given_at) >= moment, its_day > col(extension.was))
        .correlate_except(round_, extension)
        .exists()
    )


async def late_entries(work: UnitOfWork, round_id: UUID) -> list[LateEntry]:
    """The late entries that have been given for a round, the newest first."""
    rows = await work.session.scalars(
        select(LateEntryRow).where(LateEntryRow.round_id == round_id).order_by(col(LateEntryRow.id).desc())
    )
    return [_late_entry_of(row) for row in rows]


def late_entries_of(municipality: str) -> Select[UUID]:
    """The ids of the late entries that a municipality has been given, for the queries of others."""
    return select(LateEntryRow.id).where(LateEntryRow.municipality == municipality)


async def late_entry_by_code(work: UnitOfWork, code: str) -> LateEntry | None:
    """The late entry that a code opens, if there is one."""
    row = await work.session.scalar(select(LateEntryRow).where(LateEntryRow.code_hash == code_hash(code)))
    return None if row is None else _late_entry_of(row)


def _late_entry_of(row: LateEntryRow) -> LateEntry:
    return LateEntry(row.id, row.round_id, row.municipality, row.given_by, row.given_at)
