"""Letters: rows ↔ values."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select
from sqlmodel import col, select

from intake.letters.model import Discard, Letter, LetterKind, LetterStatus, Words
from intake.letters.tables import LetterDocumentRow, LetterRow
from shared.data_mapper import DataMapper, nested, optional
from shared.work import UnitOfWork

_LETTERS = DataMapper(
    Letter,
    LetterRow,
    words=nested(Words, "theme", "text"),
    discard=optional(Discard, "discarded_by", "discarded_at", "discard_reason"),
)


async def load_letter(work: UnitOfWork, id: UUID) -> Letter | None:
    """The letter as it stands now."""
    row = await work.session.get(LetterRow, id)
    return None if row is None else letter_of(row)


async def lock_letter(work: UnitOfWork, id: UUID) -> Letter | None:
    """The letter, held until this work ends."""
    held = select(LetterRow).where(col(LetterRow.id) == id).with_for_update()
    # it may have been read in this work before it was held
    row = await work.session.scalar(held.execution_options(populate_existing=True))
    return None if row is None else letter_of(row)


async def lock_drafts(work: UnitOfWork, application_id: UUID) -> list[Letter]:
    """The letters about an application that nobody has approved, held until this work ends."""
    drafts = select(LetterRow).where(LetterRow.application_id == application_id, LetterRow.status == LetterStatus.DRAFT)
    return [letter_of(row) for row in await work.session.scalars(drafts.order_by(col(LetterRow.id)).with_for_update())]


async def told_of(work: UnitOfWork, application_ids: Sequence[UUID], kind: LetterKind) -> set[UUID]:
    """Those of the applications about which there is a letter of this kind, whatever became of it."""
    about = col(LetterRow.application_id)
    return set(await work.session.scalars(select(about).where(about.in_(application_ids), LetterRow.kind == kind)))


async def load_drafts(work: UnitOfWork, applications: Select[UUID]) -> list[Letter]:
    """The letters about these applications that nobody has approved."""
    drafts = select(LetterRow).where(
        col(LetterRow.application_id).in_(applications), LetterRow.status == LetterStatus.DRAFT
    )
    return [letter_of(row) for row in await work.session.scalars(drafts.order_by(col(LetterRow.id)))]


def add_letter(work: UnitOfWork, letter: Letter) -> None:
    """Keep a new letter."""
    work.session.add(_LETTERS.row(letter))


async def save_letter(work: UnitOfWork, letter: Letter) -> Letter:
    """Keep what has changed of a locked letter, under its next version."""
    row = await work.session.get_one(LetterRow, letter.id)
    return _LETTERS.update(row, letter)


def add_document(work: UnitOfWork, letter_id: UUID, content: bytes) -> None:
    """Keep the PDF of a letter as it goes out."""
    work.session.add(LetterDocumentRow(letter_id=letter_id, content=content))


async def load_document(work: UnitOfWork, letter_id: UUID) -> bytes | None:
    """The PDF of a letter as it went out."""
    row = await work.session.get(LetterDocumentRow, letter_id)
    return None if row is None else row.content


def letter_of(row: LetterRow) -> Letter:
    """The value a row stands for."""
    return _LETTERS.value(row)
