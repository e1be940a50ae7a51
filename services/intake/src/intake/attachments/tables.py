"""Attachments as rows."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from intake.schema import Row


class AttachmentRow(Row, table=True):
    __tablename__ = "attachment"

    id: UUID = Field(primary_key=True)
    application_id: UUID = Field(index=True)
    name: str
    kind: str
    size: int
    sha256: str
    added_by: str
    added_at: datetime
