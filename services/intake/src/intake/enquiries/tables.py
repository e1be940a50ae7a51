"""Enquiries as rows."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from intake.schema import Row


class EnquiryRow(Row, table=True):
    __tablename__ = "enquiry"

    id: UUID = Field(primary_key=True)
    version: int
    asked_by: str = Field(index=True)
    municipality: str
    question: str
    asked_at: datetime
    answer: str | None
    answered_by: str | None
    answered_at: datetime | None
    email: str | None
    language: str | None
