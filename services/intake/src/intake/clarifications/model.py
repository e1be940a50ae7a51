"""What the office asks an applicant about an application while it is open (uddybende spørgsmål)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Answer:
    """What the applicant says. `given_by` is the id of one of those who applied."""

    text: str
    given_by: str
    given_at: datetime


@dataclass(frozen=True, slots=True)
class Clarification:
    """A question about an application, and its answer once there is one. `asked_by` is a caseworker's id.

    `version` rises with every change, so that no answer is written over another unseen.
    """

    id: UUID
    application_id: UUID
    question: str
    asked_by: str
    asked_at: datetime
    answer: Answer | None = None
    version: int = 1
