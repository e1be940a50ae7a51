"""Consultants as rows."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import Column, Numeric
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from scheduling.schema import Row


class ConsultantRow(Row, table=True):
    __tablename__ = "consultant"

    id: UUID = Field(primary_key=True)
    name: str
    skills: list[str] = Field(sa_column=Column(JSONB, nullable=False))
    hours_per_month: int | Decimal = Field(sa_type=Numeric)
    version: int
