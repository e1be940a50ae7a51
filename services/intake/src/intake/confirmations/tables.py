"""What waits for a confirmation as rows, with the names in it; they go when it is confirmed or has lapsed."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from intake.schema import Row


class ConfirmationRow(Row, table=True):
    __tablename__ = "confirmation"

    token_hash: str = Field(primary_key=True)
    kind: str
    about: str = Field(index=True)
    mailbox: str
    language: str
    said: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    asked_at: datetime = Field(index=True)
