"""Decisions that are prepared one by one and told all together."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Outcome(StrEnum):
    """What an application is to be told."""

    ACCEPT = "accept"
    DECLINE = "decline"
    WAITLIST = "waitlist"


class Standing(StrEnum):
    """Whether a prepared decision can be released as it is."""

    READY = "ready"
    CHANGED = "changed"
    """The application is no longer as it was when the decision was prepared."""
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A decision that nobody outside the staff knows of yet. `reason` is what the applicant will read.

    `application_version` is the one that was before the eyes of `prepared_by`.
    """

    id: UUID
    round_id: UUID
    application_id: UUID
    application_version: int
    outcome: Outcome
    reason: str | None
    prepared_by: str
    prepared_at: datetime


@dataclass(frozen=True, slots=True)
class Release:
    """What has been told of a round in one go."""

    id: UUID
    round_id: UUID
    released_by: str
    released_at: datetime
    decisions: int
