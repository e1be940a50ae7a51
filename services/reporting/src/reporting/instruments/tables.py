"""Courses as the instruments see them, and the measurements, as rows."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from reporting.schema import Row


class MeasuredCourseRow(Row, table=True):
    __tablename__ = "measured_course"

    id: UUID = Field(primary_key=True)
    municipality: str
    programme: str
    opened_on: date
    daycares: list[str] = Field(sa_column=Column(JSONB, nullable=False))
    phases: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))


class MeasurementRow(Row, table=True):
    __tablename__ = "measurement"

    course_id: UUID = Field(primary_key=True, foreign_key="reporting.measured_course.id")
    position: int = Field(primary_key=True)
    phase: str
    instrument: str
    daycare_id: UUID | None
    measured_on: date
