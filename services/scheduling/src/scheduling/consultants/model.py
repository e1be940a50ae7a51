"""The corps."""

from dataclasses import dataclass
from uuid import UUID

from shared.contracts.intake import Skill


@dataclass(frozen=True, slots=True)
class Consultant:
    """A practice consultant. The name is personal data and leaves scheduling only on its own pages."""

    id: UUID
    name: str
    skills: frozenset[Skill]
    running_courses: int = 0
