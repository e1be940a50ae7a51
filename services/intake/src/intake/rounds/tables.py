"""Rounds as rows."""

from datetime import date
from uuid import UUID

from sqlmodel import Field

from intake.schema import Row


class RoundRow(Row, table=True):
    __tablename__ = "round"

    id: UUID = Field(primary_key=True)
    programme: str = Field(index=True)
    opens_on: date
    deadline: date
    zone: str
