"""The projection behind the pipeline: a row per application, a row per course."""

from datetime import date
from typing import Any
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


class CourseRow(Row, table=True):
    """`stretches` are the phases in their order, as one document: nobody asks for one of them alone."""

    __tablename__ = "course"

    course_id: UUID = Field(primary_key=True)
    application_id: UUID = Field(unique=True)
    opened_on: date
    team_assigned_on: date | None
    completed_on: date | None
    stretches: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
