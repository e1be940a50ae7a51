"""A letter to an applicant, written from what is on record and sent once somebody has approved it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from intake.applications.model import Wish

Language = Literal["da", "en"]


class LetterKind(StrEnum):
    """Of what a letter tells."""

    ACCEPTANCE = "acceptance"
    DECLINE = "decline"
    WAITING = "waiting"
    REFUSAL = "refusal"
    """Turned away by the rules of the programme, before anybody looked at it."""


class LetterStatus(StrEnum):
    """How far a letter has come."""

    DRAFT = "draft"
    APPROVED = "approved"
    SUPERSEDED = "superseded"
    """The application had moved on before anybody had approved it."""
    DISCARDED = "discarded"
    """Somebody has decided that it need not go out."""


class Way(StrEnum):
    """How an approved letter reaches its reader."""

    EMAIL = "email"
    POST = "post"
    """The application names no e-mail address, or the one it names takes no mail."""


@dataclass(frozen=True, slots=True)
class CriterionSaid:
    """What the reviewers gave one criterion, on average, and the best there could be, both in the letter's language."""

    name: str
    mean: str
    highest: str


@dataclass(frozen=True, slots=True)
class Unmet:
    """What the rules that are not met say, a sentence each, of one daycare by its name, or of the whole application."""

    daycare: str | None
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a letter may rest on, in the language that it is written in."""

    recipient: str
    municipality: str
    programme: str
    programme_version: int
    received_on: str
    decided_on: str
    daycares: tuple[str, ...]
    reason: str | None
    rules: tuple[str, ...]
    """What the rules of the programme say of the application, a sentence each."""
    criteria: tuple[str, ...]
    """What applications to the programme are weighed by."""
    is_free: bool
    wish: Wish
    """What was applied for, in the applicant's own words."""
    scores: tuple[CriterionSaid, ...] = ()
    unmet: tuple[Unmet, ...] = ()
    """Why the rules turned the application away."""


@dataclass(frozen=True, slots=True)
class Words:
    """A letter as it is read: its theme (emne) and its text, with an empty line between paragraphs."""

    theme: str
    text: str


@dataclass(frozen=True, slots=True)
class Discard:
    """Who has decided that a letter need not go out (an id), when and why."""

    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter about an application. `version` rises with every change, so that nobody approves what they did not read.

    `approved_by` and `posted_by` are ids. `mail_id` is its e-mail in the outbox. `decided_on` is the day of the
    decision that it tells of.
    """

    id: UUID
    application_id: UUID
    kind: LetterKind
    language: Language
    words: Words
    decided_on: date
    composed_at: datetime
    status: LetterStatus = LetterStatus.DRAFT
    approved_by: str | None = None
    approved_at: datetime | None = None
    way: Way | None = None
    mail_id: UUID | None = None
    posted_by: str | None = None
    posted_at: datetime | None = None
    discard: Discard | None = None
    version: int = 1
