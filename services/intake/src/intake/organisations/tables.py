"""Daycares as rows."""

from uuid import UUID

from sqlmodel import Field

from intake.schema import Row


class DaycareRow(Row, table=True):
    __tablename__ = "daycare"

    id: UUID = Field(primary_key=True)
    p_number: str = Field(unique=True)
    name: str
    kind: str
    ownership: str
    age_from: int
    age_to: int
    municipality: str = Field(index=True)
