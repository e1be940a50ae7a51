"""The newest forecast, and which applications have become a course, as rows."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from intake.schema import Row


class ForecastRow(Row, table=True):
    __tablename__ = "capacity_forecast"

    corps: str = Field(primary_key=True)
    as_of: datetime
    forecast: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))


class OpenedCourseRow(Row, table=True):
    """`counted` once a forecast has come that knows the course."""

    __tablename__ = "opened_course"

    application_id: UUID = Field(primary_key=True)
    counted: bool
