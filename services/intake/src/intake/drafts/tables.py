"""Drafts as rows."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from intake.schema import Row


class DraftRow(Row, table=True):
    __tablename__ = "draft"

    id: UUID = Field(primary_key=True)
    version: int
    programme: str
    round_id: UUID | None = Field(foreign_key="intake.round.id", index=True)
    owner: str = Field(index=True)
    municipality: str
    content: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    changed_at: datetime = Field(index=True)
    changed_by: str
    link_hash: str | None = Field(unique=True)
    sent_at: datetime | None
    language: str = Field(default="da", sa_column_kwargs={"server_default": "da"})
    reminded_of: date | None
    pages: dict[str, str] = Field(sa_column=Column(JSONB, nullable=False, server_default="{}"))


class DraftWriterRow(Row, table=True):
    __tablename__ = "draft_writer"

    draft_id: UUID = Field(primary_key=True, foreign_key="intake.draft.id", ondelete="CASCADE")
    subject: str = Field(primary_key=True, index=True)
