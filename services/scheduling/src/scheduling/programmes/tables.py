"""Scheduling's own copy of the programmes, as intake published them."""

from typing import Any

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from scheduling.schema import Row


class ProgrammeRow(Row, table=True):
    __tablename__ = "programme"

    slug: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    definition: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
