"""The newest forecast as a row."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from scheduling.schema import Row


class ForecastRow(Row, table=True):
    __tablename__ = "forecast"

    corps: str = Field(primary_key=True)
    as_of: datetime
    forecast: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
