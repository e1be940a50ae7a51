"""The applications of a round, the best first, held against what the corps has."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from uuid import UUID

from intake.capacity.weighing import Weighing


class Tie(StrEnum):
    """Why an application stands below one that is as good."""

    LATER = "later"
    SAME_MOMENT = "same_moment"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An application that waits for a decision.

    `share` is what reviewers gave it of what they could give, from 0 to 1, once enough of them have. `cost` is the
    hours of its course month by month, where that is known.
    """

    id: UUID
    share: Fraction | None
    submitted_at: datetime
    cost: tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class Place:
    """A candidate's place, from 1, with why it is below the one above if that is as good.

    `weighing` holds the cost of this one and all above it against the corps, where the corps has been counted.
    """

    number: int
    candidate: Candidate
    tie: Tie | None
    weighing: Weighing | None

    @property
    def fits(self) -> bool:
        """Whether the corps has the hours when this one and all above it are accepted."""
        return self.weighing is not None and self.weighing.fits


@dataclass(frozen=True, slots=True)
class Ranking:
    """Every place, the best first."""

    places: tuple[Place, ...] = ()

    @property
    def fitting(self) -> int:
        """How many, counted from the best, the corps has the hours for; below them its capacity ends."""
        return sum(place.fits for place in self.places)
