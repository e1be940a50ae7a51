"""Newsletters: who has asked for them, and what is sent."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID


class Topic(StrEnum):
    """What a newsletter is about; people choose which of these they read."""

    ROUNDS = "rounds"
    PUBLICATIONS = "publications"
    CONFERENCES = "conferences"
    THEME_DAYS = "theme_days"


@dataclass(frozen=True, slots=True)
class Subscription:
    """An address to which newsletters go, once whoever reads its e-mails has said that they want them.

    `version` rises with every change.
    """

    id: UUID
    email: str
    language: Literal["da", "en"]
    topics: frozenset[Topic]
    asked_at: datetime
    confirmed_at: datetime | None = None
    version: int = 1


class IssueStatus(StrEnum):
    """Where an issue stands."""

    DRAFT = "draft"
    SENDING = "sending"
    SENT = "sent"


@dataclass(frozen=True, slots=True)
class Issue:
    """A newsletter. Of `recipients`, counted when it was released, `sent` have it in their outbox or beyond.

    `reached` is the last subscription that it has been sent to. `version` rises when what is written changes.
    """

    id: UUID
    subject: str
    text: str
    topics: frozenset[Topic]
    status: IssueStatus = IssueStatus.DRAFT
    released_at: datetime | None = None
    recipients: int = 0
    sent: int = 0
    reached: UUID | None = None
    version: int = 1
