"""What scheduling has told of the corps, as a row."""

from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from intake.schema import Row


class ForecastRow(Row, table=True):
    """`forecast` is empty until one has come. The corps opens some hundred courses a year, so their applications, 16
    bytes each, have room in one row."""

    __tablename__ = "capacity_forecast"

    corps: str = Field(primary_key=True)
    forecast: dict[str, Any] | None = Field(sa_column=Column(JSONB(none_as_null=True)))
    counted: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    uncounted: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
