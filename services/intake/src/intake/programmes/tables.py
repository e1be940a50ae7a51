"""Programme versions as rows."""

from datetime import date
from typing import Any

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from intake.schema import Row


class ProgrammeRow(Row, table=True):
    __tablename__ = "programme"

    slug: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    valid_from: date
    valid_until: date | None
    definition: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
