"""What is sent before and after gatherings, as rows."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from intake.schema import Row


class MaterialRow(Row, table=True):
    __tablename__ = "material"
    __table_args__ = (UniqueConstraint("cohort_id", "kind"),)

    id: UUID = Field(primary_key=True)
    version: int
    cohort_id: UUID = Field(foreign_key="intake.cohort.id")
    kind: str
    days: int
    text: str
    file_name: str | None
    file_type: str | None
    file_content: bytes | None
    due_at: datetime
    sent_at: datetime | None


class MaterialReceiptRow(Row, table=True):
    __tablename__ = "material_receipt"

    material_id: UUID = Field(primary_key=True, foreign_key="intake.material.id")
    registration_id: UUID = Field(primary_key=True, foreign_key="intake.registration.id")
