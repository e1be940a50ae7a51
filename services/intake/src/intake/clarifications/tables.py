"""Clarifications as rows."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from intake.schema import Row


class ClarificationRow(Row, table=True):
    __tablename__ = "clarification"

    id: UUID = Field(primary_key=True)
    version: int
    application_id: UUID = Field(foreign_key="intake.application.id", index=True)
    question: str
    asked_by: str
    asked_at: datetime
    answer: str | None
    answered_by: str | None
    answered_at: datetime | None
