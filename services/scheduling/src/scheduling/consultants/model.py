"""The corps."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from shared.contracts.vocabulary import Skill

HOURS_PER_MONTH = 100
"""What a full-time consultant has for courses in a month, with preparation and travel; the rest goes to meetings,
training and the work from practice to knowledge. No document says it: it is the office's own figure."""
MOST_HOURS = 200
"""Nobody has more; it is a little more than a full month."""


@dataclass(frozen=True, slots=True)
class Consultant:
    """A practice consultant. The name is personal data and leaves scheduling only on its own pages.

    `version` rises when the hours for courses change, so that nobody changes what somebody else has changed meanwhile.
    """

    id: UUID
    name: str
    skills: frozenset[Skill]
    running_courses: int = 0
    hours_per_month: int | Decimal = HOURS_PER_MONTH
    version: int = 1
