"""A question to the coordinator before somebody applies (forhåndsspørgsmål)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Answer:
    """What the coordinator says. `given_by` is their id."""

    text: str
    given_by: str
    given_at: datetime


@dataclass(frozen=True, slots=True)
class Enquiry:
    """A question, and its answer once there is one. `asked_by` is the id of whoever asks for their municipality.

    `version` rises with every change, so that no answer is written over another unseen.
    """

    id: UUID
    asked_by: str
    municipality: str
    question: str
    asked_at: datetime
    answer: Answer | None = None
    version: int = 1
