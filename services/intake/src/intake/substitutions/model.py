"""One daycare in the place of another, after the award."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Substitution:
    """That a daycare has joined an application in the place of one that has left.

    `was_over` says that the one who left was no more by then: it had merged, been split, moved or closed. `reason` is
    the caseworker's, and `made_by` their id.
    """

    id: UUID
    application_id: UUID
    left_id: UUID
    joined_id: UUID
    was_over: bool
    reason: str
    made_by: str
    made_at: datetime
