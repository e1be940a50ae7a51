"""Letters: rows ↔ values."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select
from sqlmodel import col, select

from intake.letters.model import Discard, Kind, Letter, Status, Way, Words
from intake.letters.tables import LetterDocumentRow, LetterRow
from shared.work import UnitOfWork


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
    drafts = select(LetterRow).where(LetterRow.application_id == application_id, LetterRow.status == Status.DRAFT)
    return [letter_of(row) for row in await work.session.scalars(drafts.order_by(col(LetterRow.id)).with_for_update())]


async def told_of(work: UnitOfWork, application_ids: Sequence[UUID], kind: Kind) -> set[UUID]:
    """Those of the applications about which there is a letter of this kind, whatever became of it."""
    about = col(LetterRow.application_id)
    return set(await work.session.scalars(select(about).where(about.in_(application_ids), LetterRow.kind == kind)))


async def load_drafts(work: UnitOfWork, applications: Select[UUID]) -> list[Letter]:
    """The letters about these applications that nobody has approved."""
    drafts = select(LetterRow).where(col(LetterRow.application_id).in_(applications), LetterRow.status == Status.DRAFT)
    return [letter_of(row) for row in await work.session.scalars(drafts.order_by(col(LetterRow.id)))]


def add_letter(work: UnitOfWork, letter: Letter) -> None:
    """Keep a new letter."""
    work.session.add(
        LetterRow(
            id=letter.id,
            version=letter.version,
            application_id=letter.application_id,
            kind=letter.kind,
            language=letter.language,
            theme=letter.words.theme,
            text=letter.words.text,
            status=letter.status,
            decided_on=letter.decided_on,
            composed_at=letter.composed_at,
            approved_by=None,
            approved_at=None,
            way=None,
            mail_id=None,
            posted_by=None,
            posted_at=None,
            discarded_by=None,
            discarded_at=None,
            discard_reason=None,
        )
    )


async def save_letter(work: UnitOfWork, letter: Letter) -> Letter:
    """Keep what has changed of a locked letter, under its next version."""
    row = await work.session.get_one(LetterRow, letter.id)
    row.version += 1
    row.theme, row.text = letter.words.theme, letter.words.text
    row.status = letter.status
    row.approved_by, row.approved_at = letter.approved_by, letter.approved_at
    row.way, row.mail_id = letter.way, letter.mail_id
    row.posted_by, row.posted_at = letter.posted_by, letter.posted_at
    if letter.discard is not None:
        row.discarded_by, row.discarded_at = letter.discard.by, letter.discard.at
        row.discard_reason = letter.discard.reason
    return letter_of(row)


def add_document(work: UnitOfWork, letter_id: UUID, content: bytes) -> None:
    """Keep the PDF of a letter as it goes out."""
    work.session.add(LetterDocumentRow(letter_id=letter_id, content=content))


async def load_document(work: UnitOfWork, letter_id: UUID) -> bytes | None:
    """The PDF of a letter as it went out."""
    row = await work.session.get(LetterDocumentRow, letter_id)
    return None if row is None else row.content


def letter_of(row: LetterRow) -> Letter:
    """The value a row stands for."""
    return Letter(
        id=row.id,
        application_id=row.application_id,
        kind=Kind(row.kind),
        language="en" if row.language == "en" else "da",
        words=Words(row.theme, row.text),
        decided_on=row.decided_on,
        composed_at=row.composed_at,
        status=Status(row.status),
        approved_by=row.approved_by,
        approved_at=row.approved_at,
        way=Way(row.way) if row.way else None,
        mail_id=row.mail_id,
        posted_by=row.posted_by,
        posted_at=row.posted_at,
        discard=_discard_of(row),
        version=row.version,
    )


def _discard_of(row: LetterRow) -> Discard | None:
    if row.discarded_by is None or row.discarded_at is None or row.discard_reason is None:
        return None
    return Discard(row.discarded_by, row.discarded_at, row.discard_reason)
