"""Rounds as rows."""

from datetime import date, datetime
from uuid import UUID

from sqlmodel import Field

from intake.schema import Row


class RoundRow(Row, table=True):
    __tablename__ = "round"

    id: UUID = Field(primary_key=True)
    version: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    programme: str = Field(index=True)
    opens_on: date
    deadline: date
    zone: str


class ExtensionRow(Row, table=True):
    __tablename__ = "round_extension"

    round_id: UUID = Field(primary_key=True, foreign_key="intake.round.id")
    position: int = Field(primary_key=True)
    was: date
    deadline: date
    reason: str
    given_by: str
    given_at: datetime


class LateEntryRow(Row, table=True):
    __tablename__ = "late_entry"

    id: UUID = Field(primary_key=True)
    round_id: UUID = Field(foreign_key="intake.round.id", index=True)
    code_hash: str = Field(unique=True)
    municipality: str
    given_by: str
    given_at: datetime
