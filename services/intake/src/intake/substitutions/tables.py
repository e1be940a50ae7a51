"""Substitutions as rows."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from intake.schema import Row


class SubstitutionRow(Row, table=True):
    __tablename__ = "substitution"

    id: UUID = Field(primary_key=True)
    application_id: UUID = Field(foreign_key="intake.application.id", index=True)
    left_id: UUID = Field(foreign_key="intake.daycare.id")
    joined_id: UUID = Field(foreign_key="intake.daycare.id")
    was_over: bool
    reason: str
    made_by: str
    made_at: datetime
