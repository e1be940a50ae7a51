"""Cohorts as rows."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from intake.schema import Row


class CohortRow(Row, table=True):
    __tablename__ = "cohort"

    id: UUID = Field(primary_key=True)
    version: int
    status: str
    programme: str
    programme_version: int
    title_da: str
    title_en: str
    starts_on: date = Field(index=True)
    ends_on: date
    town: str
    address: str
    zone: str
    places: int
    deadline: date
    admits: str
    audiences: list[str] = Field(sa_column=Column(JSONB, nullable=False))
    form: str | None
    topic: str | None
    announced_at: datetime
    begins: time | None
    ends: time | None


class GroupRow(Row, table=True):
    __tablename__ = "cohort_group"

    id: UUID = Field(primary_key=True)
    cohort_id: UUID = Field(foreign_key="intake.cohort.id", index=True)
    position: int
    name: str
    places: int
    removed_at: datetime | None = None
    """Those who have chosen it and cancelled still point to it."""


class ChangeRow(Row, table=True):
    __tablename__ = "cohort_change"

    cohort_id: UUID = Field(primary_key=True, foreign_key="intake.cohort.id")
    version: int = Field(primary_key=True)
    was: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    became: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    reason: str | None
    made_by: str
    made_at: datetime
