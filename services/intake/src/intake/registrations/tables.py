"""Registrations as rows: the only place where those who come to gatherings are named."""

from datetime import date, datetime
from uuid import UUID

from sqlmodel import Field

from intake.schema import Row


class RegistrationRow(Row, table=True):
    __tablename__ = "registration"

    id: UUID = Field(primary_key=True)
    version: int
    cohort_id: UUID = Field(foreign_key="intake.cohort.id", index=True)
    status: str
    name: str
    email: str
    language: str
    workplace: str | None
    municipality: str | None
    registered_at: datetime
    interest_id: UUID | None = Field(foreign_key="intake.interest.id", index=True)
    answer_by: datetime | None
    follow_up_on: date | None
    cohort_version: int


class AttendeeRow(Row, table=True):
    __tablename__ = "attendee"

    id: UUID = Field(primary_key=True)
    registration_id: UUID = Field(foreign_key="intake.registration.id", index=True)
    position: int
    name: str
    audience: str | None
    group_id: UUID | None = Field(foreign_key="intake.cohort_group.id")
    needs: str | None
    attended: bool | None


class RegistrationLinkRow(Row, table=True):
    __tablename__ = "registration_link"

    token_hash: str = Field(primary_key=True)
    registration_id: UUID = Field(foreign_key="intake.registration.id", index=True)
    made_at: datetime
