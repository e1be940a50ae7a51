"""A question to the coordinator before somebody applies (forhåndsspørgsmål)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

Language = Literal["da", "en"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the coordinator says. `given_by` is their id."""

    text: str
    given_by: str
    given_at: datetime


@dataclass(frozen=True, slots=True)
class ReplyTo:
    """To whom an answer is sent by e-mail, and in which language. Personal data: it stays in intake."""

    email: str
    language: Language = "da"


@dataclass(frozen=True, slots=True)
class Enquiry:
    """A question, and its answer once there is one. `asked_by` is the id of whoever asks for their municipality.

    Nobody has to give a `reply_to`, which is forgotten in time. `version` rises with every change, so that no answer is
    written over another unseen.
    """

    id: UUID
    asked_by: str
    municipality: str
    question: str
    asked_at: datetime
    answer: Answer | None = None
    reply_to: ReplyTo | None = None
    version: int = 1
