"""Clarifications: rows ↔ values."""

from uuid import UUID

from sqlmodel import col, select

from intake.clarifications.model import Answer, Clarification
from intake.clarifications.tables import ClarificationRow
from shared.data_mapper import DataMapper, optional
from shared.work import UnitOfWork

_CLARIFICATIONS = DataMapper(
    Clarification, ClarificationRow, answer=optional(Answer, "answer", "answered_by", "answered_at")
)


def add_clarification(work: UnitOfWork, clarification: Clarification) -> None:
    """Keep a new question."""
    work.session.add(_CLARIFICATIONS.row(clarification))


async def lock_clarification(work: UnitOfWork, id: UUID) -> Clarification | None:
    """The question, held until this work ends."""
    row = await work.session.scalar(select(ClarificationRow).where(col(ClarificationRow.id) == id).with_for_update())
    return None if row is None else clarification_of(row)


async def save_clarification(work: UnitOfWork, clarification: Clarification) -> Clarification:
    """Keep what has become of a locked question, under its next version."""
    row = await work.session.get_one(ClarificationRow, clarification.id)
    return _CLARIFICATIONS.update(row, clarification)


def clarification_of(row: ClarificationRow) -> Clarification:
    """The value a row stands for."""
    return _CLARIFICATIONS.value(row)
