"""Clarifications: rows ↔ values."""

from datetime import datetime
from uuid import UUID

from sqlmodel import col, select

from intake.clarifications.model import Answer, Clarification
from intake.clarifications.tables import ClarificationRow
from shared.work import UnitOfWork


def add_clarification(work: UnitOfWork, clarification: Clarification) -> None:
    """Keep a new question."""
    work.session.add(
        ClarificationRow(
            id=clarification.id,
            version=clarification.version,
            application_id=clarification.application_id,
            question=clarification.question,
            asked_by=clarification.asked_by,
            asked_at=clarification.asked_at,
            answer=None,
            answered_by=None,
            answered_at=None,
        )
    )


async def lock_clarification(work: UnitOfWork, id: UUID) -> Clarification | None:
    """The question, held until this work ends."""
    row = await work.session.scalar(select(ClarificationRow).where(col(ClarificationRow.id) == id).with_for_update())
    return None if row is None else clarification_of(row)


async def save_clarification(work: UnitOfWork, clarification: Clarification) -> Clarification:
    """Keep what has become of a locked question, under its next version."""
    row = await work.session.get_one(ClarificationRow, clarification.id)
    row.answer, row.answered_by, row.answered_at = _columns_of(clarification.answer)
    row.version += 1
    return clarification_of(row)


def clarification_of(row: ClarificationRow) -> Clarification:
    """The value a row stands for."""
    return Clarification(
        id=row.id,
        application_id=row.application_id,
        question=row.question,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        answer=_answer_of(row),
        version=row.version,
    )


def _columns_of(answer: Answer | None) -> tuple[str, str, datetime] | tuple[None, None, None]:
    return (None, None, None) if answer is None else (answer.text, answer.given_by, answer.given_at)


def _answer_of(row: ClarificationRow) -> Answer | None:
    if row.answer is None or row.answered_by is None or row.answered_at is None:
        return None
    return Answer(row.answer, row.answered_by, row.answered_at)
