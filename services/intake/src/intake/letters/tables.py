"""Letters as rows."""

from datetime import date, datetime
from uuid import UUID

from sqlmodel import Field

from intake.schema import Row


class LetterRow(Row, table=True):
    __tablename__ = "letter"

    id: UUID = Field(primary_key=True)
    version: int
    application_id: UUID = Field(foreign_key="intake.application.id", index=True)
    kind: str
    language: str
    theme: str
    text: str
    status: str = Field(index=True)
    decided_on: date
    composed_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    way: str | None
    mail_id: UUID | None
    posted_by: str | None
    posted_at: datetime | None
    discarded_by: str | None
    discarded_at: datetime | None
    discard_reason: str | None


class LetterDocumentRow(Row, table=True):
    """The PDF as it went out; apart, so that lists do not carry it."""

    __tablename__ = "letter_document"

    letter_id: UUID = Field(primary_key=True, foreign_key="intake.letter.id")
    content: bytes
