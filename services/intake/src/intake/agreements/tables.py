"""Agreements as rows."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Numeric
from sqlmodel import Field

from intake.schema import Row


class AgreementRow(Row, table=True):
    __tablename__ = "agreement"

    id: UUID = Field(primary_key=True)
    version: int
    application_id: UUID = Field(foreign_key="intake.application.id", unique=True)
    municipality: str = Field(index=True)
    programme: str
    starts_on: date
    hours: int | Decimal | None = Field(sa_type=Numeric)
    drafted_at: datetime
    drafted_by: str
    remind_at: datetime | None


class SignatureRow(Row, table=True):
    __tablename__ = "signature"

    agreement_id: UUID = Field(primary_key=True, foreign_key="intake.agreement.id")
    party: str = Field(primary_key=True)
    signed_by: str
    name: str
    signed_at: datetime
