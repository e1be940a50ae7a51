"""Courses as rows."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from scheduling.schema import Row


class CourseRow(Row, table=True):
    __tablename__ = "course"

    id: UUID = Field(primary_key=True)
    version: int
    application_id: UUID = Field(unique=True)
    programme: str
    programme_version: int
    municipality: str
    daycares: list[str] = Field(sa_column=Column(JSONB, nullable=False))
    skills: list[str] = Field(sa_column=Column(JSONB, nullable=False))
    team_size: int
    hours: int | None
    opened_on: date
    completed_on: date | None


class PhaseRow(Row, table=True):
    __tablename__ = "phase"

    course_id: UUID = Field(primary_key=True, foreign_key="scheduling.course.id")
    position: int = Field(primary_key=True)
    name: str
    names: dict[str, str] = Field(sa_column=Column(JSONB, nullable=False))
    planned_start: date
    planned_end: date
    owes: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    delivered: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    started_on: date | None
    completed_on: date | None


class TeamMemberRow(Row, table=True):
    __tablename__ = "team_member"

    course_id: UUID = Field(primary_key=True, foreign_key="scheduling.course.id")
    position: int = Field(primary_key=True)
    consultant_id: UUID = Field(foreign_key="scheduling.consultant.id", index=True)
