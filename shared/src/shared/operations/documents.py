"""Request and response models of the operators' API."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field

from shared.events.envelope import LONGEST
from shared.events.failures import State
from shared.inputs.fields import Flag, Input, PlainText, Slug

EventId = Annotated[Slug, Field(min_length=1, max_length=LONGEST)]
"""The id that a source gave an event: any text."""


class FailureOut(BaseModel):
    """An event that failed; `waiting` counts the later ones of its subject that wait behind it.

    `outgoing` is one that happened here and could not be sent; the others could not be handled here.
    """

    id: UUID
    outgoing: bool
    event_id: str | None
    state: State
    type: str | None
    source: str | None
    subject: str | None
    reason: str
    attempts: int
    first_failed_at: datetime
    last_failed_at: datetime
    retry_at: datetime | None
    trace_id: str | None
    waiting: int


class FailureInFullOut(FailureOut):
    """The same with what arrived; `version` counts from 1 how often that has been edited."""

    version: int
    body: str


class EditIn(Input):
    """What an event's `data` are to be instead, and why."""

    data: dict[str, Any] = Field(description="at most 65536 bytes; what the event is about stays as it is")
    reason: PlainText


class DiscardIn(Input):
    """Why an event is given up."""

    reason: PlainText


class GroupOut(BaseModel):
    """Failures that are alike, and how many events wait behind them."""

    outgoing: bool
    type: str | None
    reason: str
    failures: int
    waiting: int
    first_failed_at: datetime
    last_failed_at: datetime


class GroupIn(Input):
    """Which group of failures is meant: what its members have in common."""

    outgoing: Flag
    type: Slug | None
    reason: Slug


class RetriedOut(BaseModel):
    """How many events, or e-mails, are tried again because of this request."""

    retried: int
