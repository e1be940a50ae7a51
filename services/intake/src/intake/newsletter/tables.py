"""Subscriptions and issues as rows."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from intake.schema import Row


class SubscriptionRow(Row, table=True):
    __tablename__ = "subscription"

    id: UUID = Field(primary_key=True)
    version: int
    email: str
    email_key: str = Field(unique=True)
    language: str
    topics: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    asked_at: datetime
    confirmed_at: datetime | None


class SubscriptionLinkRow(Row, table=True):
    __tablename__ = "subscription_link"

    token_hash: str = Field(primary_key=True)
    subscription_id: UUID = Field(foreign_key="intake.subscription.id", index=True, ondelete="CASCADE")
    made_at: datetime


class IssueRow(Row, table=True):
    __tablename__ = "newsletter_issue"

    id: UUID = Field(primary_key=True)
    version: int
    subject: str
    text: str
    topics: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    status: str
    released_at: datetime | None
    recipients: int
    sent: int
    reached: UUID | None
