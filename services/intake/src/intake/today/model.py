"""What somebody has to know today."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from shared.contracts.vocabulary import Names
from shared.errors import Text

SOON = timedelta(days=14)
"""A deadline within this time is near."""
SLOW = timedelta(days=30)
"""An application that has waited longer for its decision is stuck."""
QUIET = timedelta(days=7)
"""A question that has waited longer for its answer is stuck, and so is an agreement for a signature."""


class Corner(StrEnum):
    """Why something stands on the first page, in the order in which it does."""

    DEADLINE = "deadline"
    MINE = "mine"
    OTHERS = "others"
    STUCK = "stuck"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing by its `name`, or `count` of a kind, and where it is dealt with.

    `day` is when it is due, or since when it waits; `municipality` whose it is, where it is not plainly one's own.
    """

    corner: Corner
    what: Text
    link: str
    day: date | None = None
    name: Names | None = None
    count: int | None = None
    municipality: str | None = None
