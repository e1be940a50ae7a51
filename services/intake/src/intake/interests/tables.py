"""Interest lists as rows: the only place where those who wait for dates are named."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from intake.schema import Row


class InterestRow(Row, table=True):
    __tablename__ = "interest"

    id: UUID = Field(primary_key=True)
    programme: str = Field(index=True)
    form: str | None
    topic: str | None
    name: str
    email: str
    language: str
    audience: str | None
    municipality: str | None
    registered_at: datetime
    left_at: datetime | None


class InterestLinkRow(Row, table=True):
    __tablename__ = "interest_link"

    token_hash: str = Field(primary_key=True)
    interest_id: UUID = Field(foreign_key="intake.interest.id", index=True)
    made_at: datetime
