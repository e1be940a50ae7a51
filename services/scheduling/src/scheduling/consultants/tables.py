"""Consultants as rows."""

from uuid import UUID

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from scheduling.schema import Row


class ConsultantRow(Row, table=True):
    __tablename__ = "consultant"

    id: UUID = Field(primary_key=True)
    name: str
    skills: list[str] = Field(sa_column=Column(JSONB, nullable=False))
    hours_per_month: int
    version: int
