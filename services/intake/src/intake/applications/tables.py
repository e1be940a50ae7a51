"""Applications as rows."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Numeric
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from intake.schema import Row


class ApplicationRow(Row, table=True):
    __tablename__ = "application"

    id: UUID = Field(primary_key=True)
    version: int
    status: str = Field(index=True)
    programme: str
    programme_version: int
    round_id: UUID | None = Field(foreign_key="intake.round.id", index=True)
    applicant: str = Field(index=True)
    applicant_kind: str | None = Field(nullable=False)
    municipality: str
    themes: list[str] = Field(sa_column=Column(JSONB, nullable=False))
    hours: int | Decimal | None = Field(sa_type=Numeric)
    motivation: str | None = Field(nullable=False)
    verdicts: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    submitted_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    reason: str | None
    partners: list[str] = Field(sa_column=Column(JSONB, nullable=False))
    contact_name: str | None
    contact_email: str | None
    contact_language: str | None
    enquiry_id: UUID | None = Field(foreign_key="intake.enquiry.id")
    late_entry_id: UUID | None = Field(foreign_key="intake.late_entry.id", unique=True)
    applied_as: str | None


class ParticipatingDaycareRow(Row, table=True):
    __tablename__ = "participating_daycare"

    application_id: UUID = Field(primary_key=True, foreign_key="intake.application.id")
    position: int = Field(primary_key=True)
    daycare_id: UUID = Field(foreign_key="intake.daycare.id", index=True)
    vulnerable_share: int | Decimal | None = Field(sa_type=Numeric)
    trigger: str | None
    inspections: str | None
    joined_on: date | None
    left_on: date | None
