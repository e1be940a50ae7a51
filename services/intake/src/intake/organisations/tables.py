"""Daycares as rows."""

from datetime import date
from uuid import UUID

from sqlmodel import Field

from intake.schema import Row


class DaycareRow(Row, table=True):
    __tablename__ = "daycare"

    id: UUID = Field(primary_key=True)
    version: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    p_number: str = Field(unique=True)
    name: str
    kind: str
    ownership: str
    age_from: int
    age_to: int
    municipality: str = Field(index=True)
    cvr: str | None
    street: str | None
    postal_code: str | None
    city: str | None
    ending: str | None
    ended_on: date | None


class SuccessorRow(Row, table=True):
    __tablename__ = "successor"

    daycare_id: UUID = Field(primary_key=True, foreign_key="intake.daycare.id")
    position: int = Field(primary_key=True)
    successor_id: UUID = Field(foreign_key="intake.daycare.id", index=True)
