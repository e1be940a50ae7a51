"""Assessments as rows."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from intake.schema import Row


class AssessmentRow(Row, table=True):
    __tablename__ = "assessment"
    __table_args__ = (UniqueConstraint("application_id", "reviewer"),)

    id: UUID = Field(primary_key=True)
    version: int
    application_id: UUID = Field(foreign_key="intake.application.id")
    reviewer: str = Field(index=True)
    taken_at: datetime
    draft: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    conflict_reason: str | None
    conflict_at: datetime | None


class SheetRow(Row, table=True):
    __tablename__ = "assessment_sheet"

    assessment_id: UUID = Field(primary_key=True, foreign_key="intake.assessment.id")
    position: int = Field(primary_key=True)
    scores: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    handed_in_at: datetime
    reason: str | None
