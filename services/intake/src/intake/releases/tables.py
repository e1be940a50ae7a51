"""Prepared decisions and their releases as rows."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field

from intake.schema import Row


class ReleaseDeskRow(Row, table=True):
    __tablename__ = "release_desk"

    round_id: UUID = Field(primary_key=True, foreign_key="intake.round.id")
    version: int


class ReleaseRow(Row, table=True):
    __tablename__ = "release"

    id: UUID = Field(primary_key=True)
    round_id: UUID = Field(foreign_key="intake.round.id", index=True)
    released_by: str
    released_at: datetime


class PreparedDecisionRow(Row, table=True):
    __tablename__ = "prepared_decision"
    __table_args__ = (
        Index(
            "uq_prepared_decision_application_id",
            "application_id",
            unique=True,
            postgresql_where=text("release_id is null"),
        ),
    )

    id: UUID = Field(primary_key=True)
    round_id: UUID = Field(foreign_key="intake.round.id", index=True)
    application_id: UUID = Field(foreign_key="intake.application.id")
    application_version: int
    outcome: str
    reason: str | None
    prepared_by: str
    prepared_at: datetime
    release_id: UUID | None = Field(foreign_key="intake.release.id", index=True)
