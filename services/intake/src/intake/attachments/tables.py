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
    added_by: str = Field(index=True)
    added_at: datetime


class RemovedAttachmentRow(Row, table=True):
    """A content that is on the disk until it is swept up, though no application has it any more."""

    __tablename__ = "removed_attachment"

    id: UUID = Field(primary_key=True)
    application_id: UUID = Field(index=True)
    size: int
    added_by: str = Field(index=True)
    added_at: datetime
