"""The projection behind the pipeline: a row per application, a row per phase of its course."""

from datetime import date
from uuid import UUID

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from reporting.schema import Row


class CaseRow(Row, table=True):
    __tablename__ = "case"

    application_id: UUID = Field(primary_key=True)
    programme: str = Field(index=True)
    municipality: str
    submitted_on: date | None
    refused_on: date | None
    waitlisted_on: date | None
    accepted_on: date | None
    declined_on: date | None
    withdrawn_on: date | None
    agreed_on: date | None
    course_id: UUID | None = Field(unique=True)
    opened_on: date | None
    team_assigned_on: date | None
    completed_on: date | None


class StretchRow(Row, table=True):
    __tablename__ = "stretch"

    course_id: UUID = Field(primary_key=True)
    position: int = Field(primary_key=True)
    phase: str
    names: dict[str, str] = Field(sa_column=Column(JSONB, nullable=False))
    planned_start: date
    planned_end: date
    started_on: date | None
    completed_on: date | None
